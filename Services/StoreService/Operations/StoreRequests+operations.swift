import Foundation
import StoreContracts
import StoreDomain

extension StoreRequests {
    /// Writes down what was asked of a store: overtakes what was asked before, and expects what history says. Returns the
    /// operation with the messages that tell of it and of those it overtook. `withDatabase`: for a rotation.
    func begin(
        _ kind: OperationResource.Kind,
        withDatabase: Bool = false,
        of store: StoreRecord,
        in records: any StoreRecords
    ) async throws -> (operation: OperationRecord, messages: [OutboxMessage]) {
        guard let id = OperationID(environment.newID()) else {
            throw ServiceFault(.internalError, "No identity was made.")
        }
        let time = store.updatedAt
        let overtaken = try await records.cancelOperations(of: store.id, at: time)
        var scope = OperationScope(kind: kind, engine: store.engine, plan: store.plan, region: store.region)
        scope.withDatabase = withDatabase
        let operation = OperationRecord(
            id: id,
            kind: kind,
            store: store,
            expectation: try await history.expectation(for: scope, at: time, in: records),
            at: time
        )
        try await records.insert([(operation, scope)])
        return (operation, try (overtaken + [operation]).map { try .operation($0, at: time) })
    }
}
