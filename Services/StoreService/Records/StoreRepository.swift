import Foundation
import StoreContracts
import StoreDomain

/// What became of an attempt to insert a store.
enum StoreInsertion: Sendable, Hashable {
    case inserted
    /// Another store has the name; its status.
    case nameTaken(by: StoreStatus)
}

/// Where a page of stores begins: after this one, newest first.
struct StoreListPosition: Sendable, Hashable {
    /// Milliseconds since 1970.
    let createdAt: Int64
    let id: StoreID
}

/// Which stores a list holds.
struct StoreListFilter: Sendable, Hashable {
    /// Nil: everyone's.
    var owner: UserID?
    var status: StoreStatus?
    var engine: Engine?
    /// A text that name or display name must hold, in whatever case.
    var text: String?
}

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
    /// Inserts a store unless its name is taken. Waits for a concurrent insert of the same name.
    func insert(_ store: StoreRecord) async throws -> StoreInsertion
    /// Replaces what changes about a store, if generation and status are still those of `before`; false if not.
    func update(_ store: StoreRecord, before: StoreLifecycle, sealedAdminPassword: String?) async throws -> Bool
    /// Removes the record. Idempotent.
    func remove(_ id: StoreID) async throws
    /// At most `limit` stores after a position, newest first.
    func stores(_ filter: StoreListFilter, after position: StoreListPosition?, limit: Int) async throws -> [StoreRecord]
    /// Replaces what people may change about a store.
    func updateSettings(_ store: StoreRecord) async throws
    /// Locks stores with work under way that nothing was heard of since a time, leaving out those that wait for their
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
