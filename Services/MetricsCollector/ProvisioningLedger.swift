import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Finds out from the notices of store-service how long provisions take. Pure: remembers, and says what to record.
///
/// A provision lasts from the moment its generation was accepted until the store is READY or FAILED, and is counted
/// once for each of the two. What it remembers is bounded by the stores that are being provisioned.
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
    }

    private struct Begun: Sendable {
        let generation: Int
        let at: Date
    }

    private var begun: [StoreID: Begun] = [:]
    /// The generation of each live store whose end was counted, so that a notice that comes twice counts once.
    private var counted: [StoreID: [Int: Outcome]] = [:]
    /// The latest provisions, oldest first.
    private(set) var latest: [Provision] = []
    private let remembered: Int

    /// Keeps that many of the latest provisions.
    init(remembering remembered: Int = 20) { self.remembered = remembered }

    /// Takes a notice; returns the provision that ended with it, if one did.
    mutating func note(_ notice: StoreNotice) -> Provision? {
        guard notice.kind == .changed, let store = notice.store else {
            if notice.kind == .removed { forget(notice.storeID) }
            return nil
        }
        switch store.status {
        case .pending, .provisioning:
            if begun[store.id]?.generation != store.generation {
                begun[store.id] = Begun(generation: store.generation, at: Self.beginning(of: store))
            }
            return nil
        case .ready: return end(store, .ready, at: store.readyAt ?? store.updatedAt)
        case .failed: return end(store, .failed, at: store.updatedAt)
        case .deleting:
            begun[store.id] = nil
            return nil
        }
    }

    private mutating func end(_ store: StoreResource, _ outcome: Outcome, at time: Date) -> Provision? {
        guard counted[store.id]?[store.generation] != outcome else { return nil }
        let start = begun[store.id].flatMap { $0.generation == store.generation ? $0.at : nil }
        // A retry whose beginning was not seen cannot be timed; a first attempt began with the store.
        guard let start = start ?? (store.generation == 1 ? store.createdAt : nil) else { return nil }
        counted[store.id] = [store.generation: outcome]
        if outcome == .ready { begun[store.id] = nil }
        let provision = Provision(
            store: store.id,
            engine: store.engine,
            outcome: outcome,
            duration: max(0, time.timeIntervalSince(start)),
            endedAt: time
        )
        latest.append(provision)
        if latest.count > remembered { latest.removeFirst(latest.count - remembered) }
        return provision
    }

    private mutating func forget(_ store: StoreID) {
        begun[store] = nil
        counted[store] = nil
    }

    private static func beginning(of store: StoreResource) -> Date {
        store.generation == 1 ? store.createdAt : store.updatedAt
    }
}
