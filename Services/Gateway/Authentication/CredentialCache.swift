import Foundation
import StoreContracts
import StoreDomain

/// What was learned about keys lately: of good ones for a minute, of bad ones for a moment. Pure: time comes in.
struct CredentialCache: Sendable {
    private struct Entry: Sendable {
        /// Nil: there is no such key.
        let key: VerifiedKey?
        let expires: ContinuousClock.Instant
    }

    /// What is known of a key.
    enum Knowledge: Sendable, Hashable {
        case unknown
        case valid(VerifiedKey)
        case invalid
    }

    static let positiveLifetime: Duration = .seconds(60)
    static let negativeLifetime: Duration = .seconds(5)

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    /// Grows with every `forget`: an answer that was asked for before must not be remembered after.
    private(set) var epoch = 0

    init(capacity: Int = 10_000) { self.capacity = capacity }

    var count: Int { entries.count }

    func knowledge(of hash: String, at now: ContinuousClock.Instant) -> Knowledge {
        guard let entry = entries[hash], entry.expires > now else { return .unknown }
        return entry.key.map(Knowledge.valid) ?? .invalid
    }

    /// Remembers an answer that was asked for in `epoch`; a key no longer than it is valid. `date` is `now` on the wall's
    /// clock.
    mutating func remember(
        _ key: VerifiedKey?,
        of hash: String,
        asked epoch: Int,
        at now: ContinuousClock.Instant,
        _ date: Date
    ) {
        guard epoch == self.epoch else { return }
        if entries.count >= capacity, entries[hash] == nil { makeRoom(now) }
        var lifetime = key == nil ? Self.negativeLifetime : Self.positiveLifetime
        if let end = key?.key.expiresAt { lifetime = min(lifetime, .seconds(end.timeIntervalSince(date))) }
        entries[hash] = Entry(key: key, expires: now + lifetime)
    }

    /// Forgets what concerns a user, and every bad key: one may have just become good. Nil: forgets everything.
    mutating func forget(_ user: UserID?) {
        epoch += 1
        guard let user else { return entries.removeAll() }
        entries = entries.filter { $0.value.key.map { $0.caller.userID != user } ?? false }
    }

    /// A flood of bad keys pushes out bad keys first.
    private mutating func makeRoom(_ now: ContinuousClock.Instant) {
        entries = entries.filter { $0.value.expires > now && $0.value.key != nil }
        if entries.count >= capacity { entries.removeAll() }
    }
}
