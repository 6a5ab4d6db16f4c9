import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Finds out from the notices of store-service how long provisions take. Pure: remembers, and says what to record.
///
/// A provision is an operation that creates a store or tries it again: it lasts from being accepted until it succeeded
/// or failed. What happens to a store later — canaries, repairs, healing — is none. What it remembers is bounded by the
/// stores that live.
struct ProvisioningLedger: Sendable {
    /// How a provision ended.
    enum Outcome: String, Sendable, Codable { case ready, failed }

    /// A provision that has ended.
    struct Provision: Sendable, Hashable {
        let store: StoreID
        let engine: Engine
        let outcome: Outcome
        let duration: TimeInterval
        let endedAt: Date
        /// What was done, each with its time.
        let steps: [OperationResource.Step]
    }

    private struct Known: Sendable {
        var engine: Engine?
        /// The last operation that was counted, so that a notice that comes twice counts once.
        var counted: OperationID?
    }

    private var stores: [StoreID: Known] = [:]
    /// The latest provisions, oldest first.
    private(set) var latest: [Provision] = []
    private let remembered: Int

    /// Keeps that many of the latest provisions.
    init(remembering remembered: Int = 20) { self.remembered = remembered }

    /// Takes a notice; returns the provision that ended with it, if one did.
    mutating func note(_ notice: StoreNotice) -> Provision? {
        switch notice.kind {
        case .created, .changed:
            if let engine = notice.store?.engine { stores[notice.storeID, default: Known()].engine = engine }
        case .operation: return notice.operation.flatMap { end($0) }
        case .removed: stores[notice.storeID] = nil
        case .recorded: break
        }
        return nil
    }

    private mutating func end(_ operation: OperationResource) -> Provision? {
        guard operation.kind != .delete, let outcome = Self.outcome(of: operation.status),
            let endedAt = operation.finishedAt, let known = stores[operation.storeId], let engine = known.engine,
            known.counted != operation.id
        else { return nil }
        stores[operation.storeId]?.counted = operation.id
        let provision = Provision(
            store: operation.storeId,
            engine: engine,
            outcome: outcome,
            duration: max(0, endedAt.timeIntervalSince(operation.startedAt)),
            endedAt: endedAt,
            steps: operation.steps
        )
        latest.append(provision)
        if latest.count > remembered { latest.removeFirst(latest.count - remembered) }
        return provision
    }

    private static func outcome(of status: OperationResource.Status) -> Outcome? {
        switch status {
        case .succeeded: .ready
        case .failed: .failed
        case .pending, .running, .cancelled: nil
        }
    }
}
