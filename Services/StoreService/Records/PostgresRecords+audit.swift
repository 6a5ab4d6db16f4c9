import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: AuditRepository {
    func audit(_ drafts: [AuditDraft]) async throws {
        guard !drafts.isEmpty else { return }
        try session.later(
            """
            INSERT INTO audit
                (at, action, actor_id, actor_name, key_prefix, store_id, owner_id, target, address, request_id, metadata)
            SELECT at, action, actor_id, users.name, key_prefix, store_id, owner_id, target, address, request_id,
                metadata::jsonb
            FROM unnest(
                $1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::text[]
            ) WITH ORDINALITY AS new (
                at, action, actor_id, key_prefix, store_id, owner_id, target, address, request_id, metadata, place
            )
            LEFT JOIN users ON users.id = actor_id
            ORDER BY place
            """,
            drafts.map(\.at),
            drafts.map(\.action.rawValue),
            drafts.map(\.actor.userID.description),
            drafts.map(\.actor.keyPrefix),
            drafts.map(\.storeID?.description),
            drafts.map(\.ownerID.description),
            drafts.map(\.target),
            drafts.map(\.actor.address),
            drafts.map(\.actor.requestID),
            drafts.map { JSONValue.object($0.metadata) }
        )
    }

    func auditFailedSignIns(_ entry: SignInTally.Entry) async throws {
        try await session.execute(
            """
            INSERT INTO audit (at, action, address, request_id, metadata) VALUES ($1, $2, $3, $4, $5::jsonb)
            ON CONFLICT (address, at) WHERE action = 'session.signInFailed' DO UPDATE SET metadata = excluded.metadata
            """,
            entry.first,
            AuditAction.signInFailed.rawValue,
            entry.address,
            entry.requestID,
            JSONValue.object([
                "attempts": .integer(Int64(entry.attempts)), "lastAt": .string(RFC3339.format(entry.last)),
            ])
        )
    }

    func auditEntries(_ filter: AuditFilter, after place: ListPlace?, limit: Int) async throws -> [AuditEntry] {
        var conditions = SQLConditions()
        if let actor = filter.actor { conditions.add(actor.description) { "actor_id = \($0)" } }
        if let action = filter.action { conditions.add(action.rawValue) { "action = \($0)" } }
        if let store = filter.store { conditions.add(store.description) { "store_id = \($0)" } }
        if let text = filter.text { conditions.add(text.lowercased()) { "position(\($0) in search) > 0" } }
        if let from = filter.from { conditions.add(from) { "at >= \($0)" } }
        if let to = filter.to { conditions.add(to) { "at < \($0)" } }
        if let place { conditions.add(place.time, place.id) { "(at, id) < (\($0), \($1))" } }
        let order = "ORDER BY at DESC, id DESC LIMIT \(conditions.bind(limit))"
        guard let user = filter.visibleTo else {
            let sql = "SELECT \(Self.auditColumns) FROM audit \(conditions.clause) \(order)"
            return try await session.query(sql, values: conditions.values).map(AuditEntry.init)
        }
        // Two lists, each by its index, rather than one by none.
        var (own, done) = (conditions, conditions)
        own.add(user.description) { "actor_id = \($0)" }
        done.add(user.description) { "owner_id = \($0) AND owner_id IS DISTINCT FROM actor_id" }
        let sql = """
            (SELECT \(Self.auditColumns) FROM audit \(own.clause) \(order))
            UNION ALL (SELECT \(Self.auditColumns) FROM audit \(done.clause) \(order)) \(order)
            """
        return try await session.query(sql, values: own.values).map(AuditEntry.init)
    }

    private static let auditColumns =
        "id, at, action, actor_id, actor_name, key_prefix, store_id, target, address, request_id, metadata"
}

extension AuditEntry {
    fileprivate init(_ row: PostgresRow) throws {
        func text(_ column: String) throws -> String? { try row.decode(column) }
        self.init(
            id: try row.decode("id"),
            at: try row.decode("at"),
            actor: Actor(
                userId: try text("actor_id").flatMap(UserID.init),
                name: try text("actor_name") ?? "unknown",
                keyPrefix: try text("key_prefix")
            ),
            action: try row.decode("action"),
            storeId: try text("store_id").flatMap(StoreID.init),
            target: try text("target"),
            address: try text("address") ?? "",
            requestId: try text("request_id") ?? "",
            metadata: try row.requireJSON("metadata")
        )
    }
}
