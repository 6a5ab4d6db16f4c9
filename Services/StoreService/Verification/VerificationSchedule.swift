import Foundation
import StoreDomain

/// When a store that is made, or could not be made, is to be looked at. Pure.
///
/// - READY: every `resync`; an order is placed every `canary`.
/// - READY and degraded, and FAILED: after 15, 30, 60 … seconds, so that a store whose cause went away is well again
///   soon, and one that stays ill costs little. A degraded one is well again when an order went through.
struct VerificationSchedule: Sendable, Hashable {
    /// How often a store is looked at, in seconds.
    let resync: TimeInterval
    /// How often an order is placed, in seconds; 0: never, except to see whether a degraded store is well again.
    let canary: TimeInterval
    /// How soon after it went wrong a store is looked at first.
    var first: TimeInterval = 15

    /// Nearly as often as asked: spread by up to a tenth, or stores that were made together would be looked at together
    /// for ever.
    private static let spread = 0.1

    /// When the store is to be looked at next; nil while it is being made or removed. `random` is in 0..<1.
    func due(_ store: StoreRecord, random: Double) -> Date? {
        switch store.lifecycle.status {
        case .pending, .provisioning, .deleting: return nil
        case .failed: return afterTrouble(since: store.statusSince, store.checks, random)
        case .ready:
            if let trouble = store.lifecycle.degradation {
                return afterTrouble(since: trouble.lastTransitionTime, store.checks, random)
            }
            let look = spread(resync, from: latest(store.statusSince, store.checks.checkedAt), random)
            return orderDue(store).map { min(look, spread(canary, from: $0.addingTimeInterval(-canary), random)) }
                ?? look
        }
    }

    /// Whether an order is to be placed in a store that is looked at now.
    func wantsOrder(_ store: StoreRecord, now: Date) -> Bool {
        guard store.lifecycle.status == .ready else { return false }
        return store.lifecycle.degradation != nil || orderDue(store).map { $0 <= now } ?? false
    }

    private func orderDue(_ store: StoreRecord) -> Date? {
        guard canary > 0 else { return nil }
        let last = latest(store.statusSince, store.checks.orderAskedAt, store.checks.verifiedAt)
        return last.addingTimeInterval(canary)
    }

    /// The wait doubles by itself: each is as long as the trouble had lasted when it was last looked at.
    private func afterTrouble(since start: Date, _ checks: StoreChecks, _ random: Double) -> Date {
        let last = latest(start, checks.checkedAt)
        let wait = min(max(first, last.timeIntervalSince(start)), max(first, resync))
        return spread(wait, from: last, random)
    }

    private func spread(_ wait: TimeInterval, from start: Date, _ random: Double) -> Date {
        start.addingTimeInterval(wait * (1 + Self.spread * random))
    }

    private func latest(_ time: Date, _ others: Date?...) -> Date {
        others.reduce(time) { max($0, $1 ?? $0) }
    }
}
