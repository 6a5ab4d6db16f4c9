import Foundation
import StoreContracts
import StoreDomain

/// What is known of a store when namespaces are compared with it.
struct InventoryRecord: Sendable, Hashable {
    let id: StoreID
    let namespace: String
    let status: StoreStatus
    /// Since when it has its status.
    let since: Date
}

/// What stores and a cluster's namespaces do not agree about, both ways. Pure.
///
/// Left out is what may be on its way: young namespaces, stores that were not READY for long, those being made or
/// deleted. What is found must be found by two looks in a row before it is told: records and cluster are not looked at
/// at the same instant.
struct InventoryDiff: Sendable {
    struct Findings: Sendable, Hashable {
        /// READY stores without their namespace.
        var missing: Set<StoreID> = []
        /// Namespaces of the platform that belong to no store: name, and the id of the store they say they are of.
        var orphans: [String: StoreID?] = [:]

        var isEmpty: Bool { missing.isEmpty && orphans.isEmpty }

        /// What both looks found.
        func confirmed(by other: Findings) -> Findings {
            Findings(
                missing: missing.intersection(other.missing),
                orphans: orphans.filter { other.orphans[$0.key] == $0.value }
            )
        }
    }

    /// How old something must be, in seconds, to be compared.
    var grace: TimeInterval = 60

    /// What is wrong between all stores of a region and what its cluster said it has. The stores must have been read
    /// after the cluster was asked: every namespace has its record before it is made.
    func findings(_ records: [InventoryRecord], _ inventory: RegionInventory) -> Findings {
        let limit = inventory.observedAt.addingTimeInterval(-grace)
        var present: [String: [RegionInventory.Namespace]] = [:]
        for namespace in inventory.namespaces { present[namespace.name, default: []].append(namespace) }
        let missing = records.filter { record in
            record.status == .ready && record.since <= limit
                // One whose label somebody removed is still the store's; the guard puts the label back.
                && !(present[record.namespace] ?? []).contains { $0.storeID == nil || $0.storeID == record.id }
        }
        let owners = Dictionary(records.map { ($0.namespace, $0.id) }) { first, _ in first }
        let orphans = inventory.namespaces.filter { namespace in
            guard !namespace.isTerminating, namespace.createdAt.map({ $0 <= limit }) ?? true else { return false }
            guard let owner = owners[namespace.name] else { return true }
            return namespace.storeID != nil && namespace.storeID != owner
        }
        return Findings(
            missing: Set(missing.map(\.id)),
            orphans: Dictionary(orphans.map { ($0.name, $0.storeID) }) { first, _ in first }
        )
    }
}
