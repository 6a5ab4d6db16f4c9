import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: StoreRepository {
    static let storeColumns = """
        id, name, display_name, engine, plan, region, status, generation, observed_generation, conditions, failure, host, \
        url, admin_user, owner_id, created_at, updated_at, ready_at, active_at, reminded_at, deletion_protection, \
        requested_at, dispatched_generation, checked_at, order_asked_at, verified_at, check_due_at, status_since, revision
        """

    func store(_ id: StoreID, isLocked: Bool) async throws -> StoreRecord? {
        let sql = "SELECT \(Self.storeColumns) FROM stores WHERE id = $1" + (isLocked ? " FOR UPDATE" : "")
        return try await session.first(sql, id.description).map(StoreRecord.init)
    }

    func storeCount(of owner: UserID) async throws -> Int {
        try await session.first("SELECT store_count FROM users WHERE id = $1", owner.description)?
            .decode("store_count") ?? 0
    }

    func update(_ store: StoreRecord, before: StoreLifecycle, sealedAdminPassword: String?) async throws -> Bool {
        let life = store.lifecycle
        let row = try await session.first(
            """
            UPDATE stores SET
                revision = revision + 1, status = $4, generation = $5, observed_generation = $6, conditions = $7::jsonb, failure = $8::jsonb,
                failure_reason = $9, ready_at = $10, admin_user = $11,
                sealed_admin_password = COALESCE($12, sealed_admin_password), updated_at = $13, active_at = $14,
                requested_at = $15, dispatched_generation = $16, verified_at = $17,
                -- What is about to be looked at next depends on both.
                check_due_at = CASE
                    WHEN (status, generation, conditions) = ($4, $5, $7::jsonb) THEN check_due_at END,
                status_since = CASE WHEN (status, generation) = ($4, $5) THEN status_since ELSE $14 END
            WHERE id = $1 AND generation = $2 AND status = $3 RETURNING revision
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
        guard let row else { return false }
        changes.note(.shown(store.at(try row.decode("revision"))))
        return true
    }

    func updateSettings(_ store: StoreRecord) async throws {
        let row = try await session.first(
            """
            UPDATE stores SET
                revision = revision + 1, display_name = $2, deletion_protection = $3, updated_at = $4
            WHERE id = $1 RETURNING revision
            """,
            store.id.description,
            store.displayName,
            store.deletionProtection,
            store.updatedAt
        )
        if let row { changes.note(.shown(store.at(try row.decode("revision")))) }
    }

    func remove(_ id: StoreID) async throws {
        try session.later("DELETE FROM stores WHERE id = $1", id.description)
        changes.note(.gone(id))
    }

    func show(_ store: StoreRecord) { changes.note(.shown(store)) }

    func stores(_ ids: [StoreID]) async throws -> [StoreRecord] {
        try await session.query(
            "SELECT \(Self.storeColumns) FROM stores WHERE id = ANY($1::text[])",
            ids.map(\.description)
        ).map(StoreRecord.init)
    }

    func stores(after id: StoreID?, limit: Int) async throws -> [StoreRecord] {
        try await session.query(
            "SELECT \(Self.storeColumns) FROM stores WHERE id > $1 ORDER BY id LIMIT $2",
            id?.description ?? "",
            limit
        ).map(StoreRecord.init)
    }

    func revisions(of ids: [StoreID]) async throws -> [StoreID: Int64] {
        let rows = try await session.query(
            "SELECT id, revision FROM stores WHERE id = ANY($1::text[])",
            ids.map(\.description)
        )
        var revisions: [StoreID: Int64] = [:]
        for row in rows { revisions[try row.decode("id", with: StoreID.init)] = try row.decode("revision") }
        return revisions
    }

    func lockSilentStores(since time: Date, limit: Int) async throws -> [StoreRecord] {
        try await session.query(
            """
            SELECT \(Self.storeColumns) FROM stores
            WHERE (
                    status IN ('PENDING', 'PROVISIONING', 'DELETING')
                    OR id IN (SELECT store_id FROM operations WHERE kind = 'rotate' AND status IN ('pending', 'running'))
                )
                AND dispatched_generation = generation
                AND active_at <= $1 AND (reminded_at IS NULL OR reminded_at <= $1)
                AND NOT EXISTS (SELECT FROM outbox WHERE outbox.store_id = stores.id)
            ORDER BY active_at LIMIT $2 FOR UPDATE SKIP LOCKED
            """,
            time,
            limit
        ).map(StoreRecord.init)
    }

    func noteReminder(of store: StoreID, at time: Date) async throws {
        try session.later("UPDATE stores SET reminded_at = $2 WHERE id = $1", store.description, time)
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

extension StoreRecord {
    fileprivate func at(_ revision: Int64) -> StoreRecord {
        var record = self
        record.revision = revision
        return record
    }
}
