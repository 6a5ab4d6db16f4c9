import Foundation
import StoreContracts
import StoreDomain

/// An operation as it is kept.
struct OperationRecord: Sendable, Hashable {
    let id: OperationID
    let kind: OperationResource.Kind
    let storeID: StoreID
    let ownerID: UserID
    /// The store's generation that it asks for.
    let generation: Int
    var status: OperationResource.Status
    var steps: [OperationResource.Step]
    let startedAt: Date
    var finishedAt: Date?
    var error: StoreFailure?

    /// An operation just accepted.
    init(id: OperationID, kind: OperationResource.Kind, store: StoreRecord, at time: Date) {
        self.id = id
        self.kind = kind
        storeID = store.id
        ownerID = store.ownerID
        generation = store.lifecycle.generation
        status = .pending
        steps = []
        startedAt = time
    }

    /// An operation as it was kept.
    init(
        id: OperationID,
        kind: OperationResource.Kind,
        storeID: StoreID,
        ownerID: UserID,
        generation: Int,
        status: OperationResource.Status,
        steps: [OperationResource.Step],
        startedAt: Date,
        finishedAt: Date?,
        error: StoreFailure?
    ) {
        self.id = id
        self.kind = kind
        self.storeID = storeID
        self.ownerID = ownerID
        self.generation = generation
        self.status = status
        self.steps = steps
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.error = error
    }

    /// As the API shows it.
    var resource: OperationResource {
        OperationResource(
            id: id,
            kind: kind,
            storeId: storeID,
            status: status,
            steps: steps,
            startedAt: startedAt,
            finishedAt: finishedAt,
            error: error
        )
    }
}

/// What users asked for, also about stores that are gone.
protocol OperationRepository: Sendable {
    /// Adds an operation; a store has one for each generation.
    func insert(_ operation: OperationRecord) async throws
    /// The operation; nil when there is none.
    func operation(_ id: OperationID) async throws -> OperationRecord?
    /// The operation that asked for this generation of a store.
    func operation(of store: StoreID, generation: Int) async throws -> OperationRecord?
    /// Replaces what changes about an operation.
    func update(_ operation: OperationRecord) async throws
    /// Marks all of a store's unfinished operations as overtaken.
    func cancelOperations(of store: StoreID, at time: Date) async throws
}
