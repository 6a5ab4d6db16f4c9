import Foundation
import StoreContracts
import StoreDomain

/// Which operations a list holds, the newest first.
struct OperationFilter: Sendable, Hashable {
    /// Nil: everyone's.
    var owner: UserID?
    /// Of this store, those that have ended too; nil: of all stores, those under way.
    var store: StoreID?
}

/// What users asked for, also about stores that are gone.
protocol OperationRepository: Sendable {
    /// Adds operations; a store has one for each generation. `scope`: with which others it can be compared.
    func insert(_ operations: [(record: OperationRecord, scope: OperationScope)]) async throws
    /// The operation; nil when there is none.
    func operation(_ id: OperationID) async throws -> OperationRecord?
    /// The operation that asked for this generation of a store.
    func operation(of store: StoreID, generation: Int) async throws -> OperationRecord?
    /// At most `limit` operations, the newest first.
    func operations(_ filter: OperationFilter, limit: Int) async throws -> [OperationRecord]
    /// Replaces what changes about an operation.
    func update(_ operation: OperationRecord) async throws
    /// Marks all of a store's unfinished operations as overtaken; those that it marked.
    func cancelOperations(of store: StoreID, at time: Date) async throws -> [OperationRecord]
    /// The latest operations of a scope that succeeded, at most `limit`.
    func succeededOperations(_ scope: OperationScope, limit: Int) async throws -> [OperationSample]
}
