import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: OperationRepository {
    private static let columns = """
        id, store_id, owner_id, kind, generation, status, steps, error, started_at, began_at, finished_at, expectation
        """

    func insert(_ operations: [(record: OperationRecord, scope: OperationScope)]) async throws {
        guard !operations.isEmpty else { return }
        try session.later(
            """
            INSERT INTO operations (
                id, store_id, owner_id, kind, generation, status, steps, started_at, expectation, engine, plan, region
            )
            SELECT id, store_id, owner_id, kind, generation, status, steps::jsonb, started_at, expectation::jsonb, engine,
                plan, region
            FROM unnest(
                $1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::text[],
                $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::text[]
            ) AS new (
                id, store_id, owner_id, kind, generation, status, steps, started_at, expectation, engine, plan, region
            )
            """,
            operations.map(\.record.id.description),
            operations.map(\.record.storeID.description),
            operations.map(\.record.ownerID.description),
            operations.map(\.record.kind.rawValue),
            operations.map(\.record.generation),
            operations.map(\.record.status.rawValue),
            try operations.map { try PlatformJSON.encodeString($0.record.steps) },
            operations.map(\.record.startedAt),
            try operations.map { try $0.record.expectation.map { try PlatformJSON.encodeString($0) } },
            operations.map { $0.scope.engine.rawValue.uppercased() },
            operations.map(\.scope.plan?.rawValue),
            operations.map(\.scope.region?.description)
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

    func operations(_ filter: OperationFilter, limit: Int) async throws -> [OperationRecord] {
        var values: [any PostgresEncodable] = [limit]
        var conditions: [String] = []
        if let owner = filter.owner {
            values.append(owner.description)
            conditions.append("owner_id = $\(values.count)")
        }
        if let store = filter.store {
            values.append(store.description)
            conditions.append("store_id = $\(values.count)")
        } else {
            conditions.append("status IN ('pending', 'running')")
        }
        let sql = """
            SELECT \(Self.columns) FROM operations WHERE \(conditions.joined(separator: " AND "))
            ORDER BY started_at DESC, id DESC LIMIT $1
            """
        return try await session.query(sql, values: values).map(OperationRecord.init)
    }

    func update(_ operation: OperationRecord) async throws {
        try session.later(
            """
            UPDATE operations SET status = $2, steps = $3::jsonb, error = $4::jsonb, began_at = $5, finished_at = $6
            WHERE id = $1
            """,
            operation.id.description,
            operation.status.rawValue,
            try PlatformJSON.encodeString(operation.steps),
            try operation.error.map { try PlatformJSON.encodeString($0) },
            operation.beganAt,
            operation.finishedAt
        )
    }

    func cancelOperations(of store: StoreID, at time: Date) async throws -> [OperationRecord] {
        try await session.query(
            """
            UPDATE operations SET status = 'cancelled', finished_at = $2
            WHERE store_id = $1 AND status IN ('pending', 'running') RETURNING \(Self.columns)
            """,
            store.description,
            time
        ).map(OperationRecord.init)
    }

    func succeededOperations(_ scope: OperationScope, limit: Int) async throws -> [OperationSample] {
        var values: [any PostgresEncodable] = [scope.kind.rawValue, scope.engine.rawValue.uppercased(), limit]
        var conditions = "status = 'succeeded' AND kind = $1 AND engine = $2"
        if let plan = scope.plan {
            values.append(plan.rawValue)
            conditions += " AND plan = $\(values.count)"
        }
        if let region = scope.region {
            values.append(region.description)
            conditions += " AND region = $\(values.count)"
        }
        if scope.kind == .rotate {
            values.append(scope.withDatabase)
            conditions += " AND (steps @> '[{\"name\": \"\(RotationStep.verifyShop.rawValue)\"}]') = $\(values.count)"
        }
        let sql = """
            SELECT started_at, began_at, steps FROM operations WHERE \(conditions) ORDER BY finished_at DESC LIMIT $3
            """
        return try await session.query(sql, values: values).map { row in
            OperationSample(
                kind: scope.kind,
                startedAt: try row.decode("started_at"),
                beganAt: try row.decode("began_at"),
                steps: try row.requireJSON("steps")
            )
        }
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
            beganAt: try row.decode("began_at"),
            finishedAt: try row.decode("finished_at"),
            error: try row.decodeJSON("error"),
            expectation: try row.decodeJSON("expectation")
        )
    }
}
