import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: StoreRepository {
    static let storeColumns = """
        id, name, display_name, engine, plan, region, status, generation, observed_generation, conditions, failure, host, \
        url, admin_user, owner_id, created_at, updated_at, ready_at, active_at, reminded_at, deletion_protection, \
        requested_at, dispatched_generation, checked_at, order_asked_at, verified_at, check_due_at, status_since
        """

    func store(_ id: StoreID, isLocked: Bool) async throws -> StoreRecord? {
        let sql = "SELECT \(Self.storeColumns) FROM stores WHERE id = $1" + (isLocked ? " FOR UPDATE" : "")
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
                namespace, host, url, admin_url, owner_id, created_at, updated_at, active_at, deletion_protection,
                requested_at, status_since
            ) VALUES (
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20
            )
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
            store.activeAt,
            store.deletionProtection,
            store.requestedAt
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
                sealed_admin_password = COALESCE($12, sealed_admin_password), updated_at = $13, active_at = $14,
                requested_at = $15, dispatched_generation = $16, verified_at = $17,
                -- What is about to be looked at next depends on both.
                check_due_at = CASE
                    WHEN (status, generation, conditions) = ($4, $5, $7::jsonb) THEN check_due_at END,
                status_since = CASE WHEN (status, generation) = ($4, $5) THEN status_since ELSE $14 END
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
            store.activeAt,
            store.requestedAt,
            store.dispatchedGeneration,
            store.checks.verifiedAt
        )
        return updated == 1
    }

    func updateSettings(_ store: StoreRecord) async throws {
        try await session.execute(
            "UPDATE stores SET display_name = $2, deletion_protection = $3, updated_at = $4 WHERE id = $1",
            store.id.description,
            store.displayName,
            store.deletionProtection,
            store.updatedAt
        )
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
            "SELECT \(Self.storeColumns) FROM stores"
            + (conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))")
            + " ORDER BY created_at DESC, id DESC LIMIT $\(values.count)"
        return try await session.query(sql, values: values).map(StoreRecord.init)
    }

    func lockSilentStores(since time: Date, limit: Int) async throws -> [StoreRecord] {
        try await session.query(
            """
            SELECT \(Self.storeColumns) FROM stores
            WHERE status IN ('PENDING', 'PROVISIONING', 'DELETING') AND dispatched_generation = generation
                AND active_at <= $1 AND (reminded_at IS NULL OR reminded_at <= $1)
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

    func inventoryRecords(of region: Region) async throws -> [InventoryRecord] {
        try await session.query(
            "SELECT id, namespace, status, status_since FROM stores WHERE region = $1",
            region.description
        ).map { row in
            InventoryRecord(
                id: try row.decode("id", with: StoreID.init),
                namespace: try row.decode("namespace"),
                status: try row.decode("status", with: StoreStatus.init(rawValue:)),
                since: try row.decode("status_since")
            )
        }
    }
}
