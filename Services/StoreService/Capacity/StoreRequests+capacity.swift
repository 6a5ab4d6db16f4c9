import Foundation
import StoreContracts
import StoreDomain

extension StoreRequests {
    /// A store that was asked for after the cluster was looked at, with a little for clocks that differ.
    private static let clockSkew: TimeInterval = 5

    /// Throws `PLAN_DOES_NOT_FIT`, with the numbers, where the cluster has no room for a store that was just inserted.
    ///
    /// Under the region's lock, so that of two creates at once the second one counts the first. Nil: nobody knows what
    /// the cluster has left, so the store is accepted, and its failure would say why.
    func requireRoom(for store: StoreRecord, in capacity: RegionCapacity?, _ records: any StoreRecords) async throws {
        guard let capacity else { return }
        try await records.lockRegion(store.region)
        let recent = capacity.observedAt.addingTimeInterval(-Self.clockSkew)
        let others = try await records.plansOfStoresInMaking(in: store.region, since: recent).filter {
            $0.key != store.id && !capacity.placed.contains($0.key)
        }
        guard let shortfall = PlacementPlan(capacity, ahead: Array(others.values)).shortfall(of: store.plan) else {
            return
        }
        throw ServiceFault(
            .planDoesNotFit,
            shortfall.sentence(plan: store.plan),
            issues: [.init(field: "plan", issue: "does not fit into the cluster's free capacity")]
        )
    }
}
