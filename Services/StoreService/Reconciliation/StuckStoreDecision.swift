import Foundation
import StoreDomain

/// What to do about a store whose work nothing was heard of. Pure.
struct StuckStoreDecision: Sendable, Hashable {
    enum Action: Sendable, Hashable {
        case wait
        /// Ask again; within one attempt asking twice is asking once.
        case republish(attempt: Int)
        case giveUp
    }

    /// Silence in seconds after which the command is sent again, and again after each further such time.
    let patience: TimeInterval
    /// Silence in seconds after which a store in PROVISIONING is given up.
    let timeout: TimeInterval

    /// What to do about a store that has been silent since `activeAt` and was asked for again at `remindedAt`.
    ///
    /// `listeningSince`: facts can only have been missed before; silence counts from then. A store in PENDING is never
    /// given up: no provisioner has begun, so it waits for one, as in a queue.
    func action(
        status: StoreStatus,
        activeAt: Date,
        remindedAt: Date?,
        listeningSince: Date,
        now: Date
    ) -> Action {
        let silence = now.timeIntervalSince(max(activeAt, listeningSince))
        let sinceReminder = remindedAt.map { now.timeIntervalSince($0) } ?? .infinity
        switch status {
        case .failed: return .wait
        case .provisioning where silence >= timeout: return .giveUp
        // READY: its passwords are being changed.
        case .pending, .provisioning, .deleting, .ready:
            guard silence >= patience, sinceReminder >= patience else { return .wait }
            return .republish(attempt: Int(now.timeIntervalSince1970 / patience))
        }
    }
}
