import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: StoreRepository {
    private static let columns = """
        id, name, display_name, engine, plan, region, status, generation, observed_generation, conditions, failure, host, \
        url, admin_user, owner_id, created_at, updated_at, ready_at, active_at, reminded_at
        """

    func store(_ id: StoreID, isLocked: Bool) async throws -> StoreRecord? {
        let sql = "SELECT \(Self.columns) FROM stores WHERE id = $1" + (isLocked ? " FOR UPDATE" : "")
        return try await session.first(sql, id.description).map(StoreRecord.init)
    }

    func storeCount(of owner: UserID) async throws -> Int {
        let sql = "SELECT count(*) AS count FROM stores WHERE owner_id = $1"
        return try await session.first(sql, owner.description)?.decode("count") ?? 0
    }

    func insert(_ store: StoreRecord) async throws -> StoreInsertion {
        // Of any unique index, not of the name's alone: of two inserts at once the later one may meet the earlier one at
        // its namespace first, which would be an error instead of a conflict.
        let inserted = try await session.execute(
            """
            INSERT INTO stores (
                id, name, display_name, engine, plan, region, status, generation, observed_generation, conditions,
                namespace, host, url, admin_url, owner_id, created_at, updated_at, active_at
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13, $14, $15, $16, $17, $18)
            ON CONFLICT DO NOTHING
            """,
            store.id.description,
            store.name.description,
            store.displayName,
            store.engine.rawValue.uppercased(),
            store.plan.rawValue,
            store.region.description,
            store.lifecycle.status.rawValue,
            store.lifecycle.generation,
            store.lifecycle.observedGeneration,
            try PlatformJSON.encodeString(store.lifecycle.conditions),
            store.namespace,
            store.host,
            store.url,
            store.adminURL,
            store.ownerID.description,
            store.createdAt,
            store.updatedAt,
            store.activeAt
        )
        if inserted == 1 { return .inserted }
        let holder = try await session.first("SELECT status FROM stores WHERE name = $1", store.name.description)
        // Gone since the insert met it: to the caller that is the same as "being deleted".
        return .nameTaken(by: try holder?.decode("status", with: StoreStatus.init(rawValue:)) ?? .deleting)
    }

    func update(_ store: StoreRecord, before: StoreLifecycle, sealedAdminPassword: String?) async throws -> Bool {
        let life = store.lifecycle
        let updated = try await session.execute(
            """
            UPDATE stores SET
                status = $4, generation = $5, observed_generation = $6, conditions = $7::jsonb, failure = $8::jsonb,
                failure_reason = $9, ready_at = $10, admin_user = $11,
                sealed_admin_password = COALESCE($12, sealed_admin_password), updated_at = $13, active_at = $14
            WHERE id = $1 AND generation = $2 AND status = $3
            """,
            store.id.description,
            before.generation,
            before.status.rawValue,
            life.status.rawValue,
            life.generation,
            life.observedGeneration,
            try PlatformJSON.encodeString(life.conditions),
            try life.failure.map { try PlatformJSON.encodeString($0) },
            life.failure?.message,
            life.readyAt,
            store.adminUser,
            sealedAdminPassword,
            store.updatedAt,
            store.activeAt
        )
        return updated == 1
    }

    func remove(_ id: StoreID) async throws {
        try await session.execute("DELETE FROM stores WHERE id = $1", id.description)
    }

    func stores(_ filter: StoreListFilter, after position: StoreListPosition?, limit: Int) async throws -> [StoreRecord]
    {
        // Only the conditions that are asked for, so that each combination gets the plan and the index that suit it.
        var conditions: [String] = []
        var values: [any PostgresEncodable] = []
        func add(_ value: any PostgresEncodable, _ condition: (String) -> String) {
            values.append(value)
            conditions.append(condition("$\(values.count)"))
        }
        if let owner = filter.owner { add(owner.description) { "owner_id = \($0)" } }
        if let status = filter.status { add(status.rawValue) { "status = \($0)" } }
        if let engine = filter.engine { add(engine.rawValue.uppercased()) { "engine = \($0)" } }
        if let text = filter.text {
            add(text.lowercased()) { "(position(\($0) in name) > 0 OR position(\($0) in lower(display_name)) > 0)" }
        }
        if let position {
            values.append(Date(timeIntervalSince1970: Double(position.createdAt) / 1000))
            values.append(position.id.description)
            conditions.append("(created_at, id) < ($\(values.count - 1), $\(values.count))")
        }
        values.append(limit)
        let sql =
            "SELECT \(Self.columns) FROM stores"
            + (conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))")
            + " ORDER BY created_at DESC, id DESC LIMIT $\(values.count)"
        return try await session.query(sql, values: values).map(StoreRecord.init)
    }

    func lockSilentStores(since time: Date, limit: Int) async throws -> [StoreRecord] {
        try await session.query(
            """
            SELECT \(Self.columns) FROM stores
            WHERE status IN ('PENDING', 'PROVISIONING', 'DELETING') AND active_at <= $1 AND (reminded_at IS NULL OR reminded_at <= $1)
                AND NOT EXISTS (SELECT FROM outbox WHERE outbox.store_id = stores.id)
            ORDER BY active_at LIMIT $2 FOR UPDATE SKIP LOCKED
            """,
            time,
            limit
        ).map(StoreRecord.init)
    }

    func noteReminder(of store: StoreID, at time: Date) async throws {
        try await session.execute("UPDATE stores SET reminded_at = $2 WHERE id = $1", store.description, time)
    }

    func storeCounts() async throws -> [StoreCount] {
        try await session.query("SELECT status, engine, count(*) AS count FROM stores GROUP BY status, engine").map {
            row in
            StoreCount(
                status: try row.decode("status", with: StoreStatus.init(rawValue:)),
                engine: try row.decode("engine") { Engine(rawValue: $0.lowercased()) },
                count: try row.decode("count")
            )
        }
    }
}

extension StoreRecord {
    fileprivate init(_ row: PostgresRow) throws {
        id = try row.decode("id", with: StoreID.init)
        name = try row.decode("name") { try? StoreName($0) }
        displayName = try row.decode("display_name")
        engine = try row.decode("engine") { Engine(rawValue: $0.lowercased()) }
        plan = try row.decode("plan", with: Plan.init(rawValue:))
        region = try row.decode("region", with: Region.init)
        ownerID = try row.decode("owner_id", with: UserID.init)
        host = try row.decode("host")
        url = try row.decode("url")
        adminUser = try row.decode("admin_user")
        lifecycle = StoreLifecycle(
            status: try row.decode("status", with: StoreStatus.init(rawValue:)),
            generation: try row.decode("generation"),
            observedGeneration: try row.decode("observed_generation"),
            conditions: try row.requireJSON("conditions"),
            failure: try row.decodeJSON("failure"),
            readyAt: try row.decode("ready_at")
        )
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
        activeAt = try row.decode("active_at")
        remindedAt = try row.decode("reminded_at")
    }
}
