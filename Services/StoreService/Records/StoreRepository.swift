import Foundation
import StoreContracts
import StoreDomain

/// How many stores there are of a kind.
struct StoreCount: Sendable, Hashable {
    let status: StoreStatus
    let engine: Engine
    let count: Int
}

/// How many stores of a region are in one state of care.
struct CareCount: Sendable, Hashable {
    let region: Region
    let status: StoreStatus
    /// Whether they wait for their turn to be made.
    let isWaiting: Bool
    /// Why they do not sell, where they should.
    let degradation: String?
    let count: Int
}

/// The stores.
protocol StoreRepository: Sendable {
    /// The store; nil when there is none. `isLocked`: no other transaction may change it before this one ends.
    func store(_ id: StoreID, isLocked: Bool) async throws -> StoreRecord?
    /// How many stores a user has, those being deleted included: their slot is returned when they are gone.
    func storeCount(of owner: UserID) async throws -> Int
    /// Replaces what changes about a store, if generation and status are still those of `before`; false if not.
    func update(_ store: StoreRecord, before: StoreLifecycle, sealedAdminPassword: String?) async throws -> Bool
    /// Removes the record. Idempotent.
    func remove(_ id: StoreID) async throws
    /// The stores of a page, and one more if there is another page.
    func stores(_ query: StoreListQuery) async throws -> [StoreRecord]
    /// Has what others see of a store brought up to date once this transaction is committed, as every change does: for an
    /// answer that tells of a change which may have been committed, and not shown, by a process that died.
    func show(_ store: StoreRecord)
    /// Those of these stores that are there.
    func stores(_ ids: [StoreID]) async throws -> [StoreRecord]
    /// All stores by their ids, a page at a time: those after one; nil: from the first.
    func stores(after id: StoreID?, limit: Int) async throws -> [StoreRecord]
    /// How far those of these stores are that are there.
    func revisions(of ids: [StoreID]) async throws -> [StoreID: Int64]
    /// Replaces what people may change about a store.
    func updateSettings(_ store: StoreRecord) async throws
    /// Locks stores with work under way, a rotation included, that nothing was heard of since a time, leaving out those that wait for their
    /// turn, those another transaction holds and those whose command still waits in the outbox.
    func lockSilentStores(since time: Date, limit: Int) async throws -> [StoreRecord]
    /// Notes that a store's command was sent again.
    func noteReminder(of store: StoreID, at time: Date) async throws
    /// All stores of a region, as they are compared with its namespaces.
    func inventoryRecords(of region: Region) async throws -> [InventoryRecord]
    /// Counts by status and engine; kinds without stores are left out.
    func storeCounts() async throws -> [StoreCount]
    /// Counts by region, status, whether they wait, and what is wrong; kinds without stores are left out.
    func careCounts() async throws -> [CareCount]
}
