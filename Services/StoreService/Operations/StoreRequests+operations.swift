import Foundation
import StoreContracts
import StoreDomain

extension StoreRequests {
    /// Writes down what was asked of a store: overtakes what was asked before, and expects what history says. Returns the
    /// operation with the messages that tell of it and of those it overtook.
    func begin(
        _ kind: OperationResource.Kind,
        of store: StoreRecord,
        in records: any StoreRecords
    ) async throws -> (operation: OperationRecord, messages: [OutboxMessage]) {
        guard let id = OperationID(environment.newID()) else {
            throw ServiceFault(.internalError, "No identity was made.")
        }
        let time = store.updatedAt
        let overtaken = try await records.cancelOperations(of: store.id, at: time)
        let scope = OperationScope(kind: kind, engine: store.engine, plan: store.plan, region: store.region)
        let operation = OperationRecord(
            id: id,
            kind: kind,
            store: store,
            expectation: try await history.expectation(for: scope, at: time, in: records),
            at: time
        )
        try await records.insert(operation, scope: scope)
        return (operation, try (overtaken + [operation]).map { try .operation($0, at: time) })
    }
}
