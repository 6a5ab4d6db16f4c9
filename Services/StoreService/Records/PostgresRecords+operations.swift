import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: OperationRepository {
    private static let columns =
        "id, store_id, owner_id, kind, generation, status, steps, error, started_at, finished_at"

    func insert(_ operation: OperationRecord) async throws {
        try await session.execute(
            """
            INSERT INTO operations (id, store_id, owner_id, kind, generation, status, steps, started_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
            """,
            operation.id.description,
            operation.storeID.description,
            operation.ownerID.description,
            operation.kind.rawValue,
            operation.generation,
            operation.status.rawValue,
            try PlatformJSON.encodeString(operation.steps),
            operation.startedAt
        )
    }

    func operation(_ id: OperationID) async throws -> OperationRecord? {
        let sql = "SELECT \(Self.columns) FROM operations WHERE id = $1"
        return try await session.first(sql, id.description).map(OperationRecord.init)
    }

    func operation(of store: StoreID, generation: Int) async throws -> OperationRecord? {
        let sql = "SELECT \(Self.columns) FROM operations WHERE store_id = $1 AND generation = $2"
        return try await session.first(sql, store.description, generation).map(OperationRecord.init)
    }

    func update(_ operation: OperationRecord) async throws {
        try await session.execute(
            "UPDATE operations SET status = $2, steps = $3::jsonb, error = $4::jsonb, finished_at = $5 WHERE id = $1",
            operation.id.description,
            operation.status.rawValue,
            try PlatformJSON.encodeString(operation.steps),
            try operation.error.map { try PlatformJSON.encodeString($0) },
            operation.finishedAt
        )
    }

    func cancelOperations(of store: StoreID, at time: Date) async throws {
        try await session.execute(
            """
            UPDATE operations SET status = 'cancelled', finished_at = $2
            WHERE store_id = $1 AND status IN ('pending', 'running')
            """,
            store.description,
            time
        )
    }
}

extension OperationRecord {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id", with: OperationID.init),
            kind: try row.decode("kind", with: OperationResource.Kind.init(rawValue:)),
            storeID: try row.decode("store_id", with: StoreID.init),
            ownerID: try row.decode("owner_id", with: UserID.init),
            generation: try row.decode("generation"),
            status: try row.decode("status", with: OperationResource.Status.init(rawValue:)),
            steps: try row.requireJSON("steps"),
            startedAt: try row.decode("started_at"),
            finishedAt: try row.decode("finished_at"),
            error: try row.decodeJSON("error")
        )
    }
}
