import Foundation
import StoreDomain

/// Whose stores are being made and whose wait.
protocol AdmissionRepository: Sendable {
    /// Makes this transaction the only one that hands out places in a region, until it ends. Waits for its turn.
    ///
    /// It is the last lock of any transaction: who holds it locks rows only where nobody else does (`lockWaiting`), so
    /// nobody who holds it waits, and there is no deadlock. The order is: owner, store, region; regions by their names.
    func lockRegion(_ region: Region) async throws
    /// How many stores of each owner are being made in a region.
    func runningStores(in region: Region) async throws -> [UserID: Int]
    /// The stores of a region that wait for their turn.
    func waitingStores(in region: Region) async throws -> [WaitingStore]
    /// Locks a store that waits; nil when it no longer does, or another transaction is at it.
    func lockWaiting(_ id: StoreID) async throws -> StoreRecord?
    /// Notes that the work of the stores' generations was handed out.
    func noteDispatched(_ stores: [StoreRecord], at time: Date) async throws
    /// The regions in which stores wait.
    func regionsWithWaitingStores() async throws -> Set<Region>
}
