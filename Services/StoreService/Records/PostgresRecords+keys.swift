import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PostgresRecords: KeyRepository {
    static let keyColumns = """
        api_keys.id AS key_id, api_keys.user_id AS key_user_id, api_keys.name AS key_name, prefix, scopes, \
        api_keys.created_at AS key_created_at, expires_at, last_used_at, revoked_at
        """

    func bearer(keyHash: String, at time: Date) async throws -> KeyBearer? {
        try await session.first(
            """
            SELECT \(Self.keyColumns), \(Self.userColumns) FROM api_keys JOIN users ON users.id = user_id
            WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
            """,
            keyHash,
            time
        ).map { KeyBearer(user: try UserRecord($0), key: try KeyRecord($0)) }
    }

    func key(_ id: KeyID, of user: UserID, isLocked: Bool) async throws -> KeyRecord? {
        try await session.first(
            "SELECT \(Self.keyColumns) FROM api_keys WHERE id = $1 AND user_id = $2" + (isLocked ? " FOR UPDATE" : ""),
            id.description,
            user.description
        ).map(KeyRecord.init)
    }

    func keys(of user: UserID, after place: ListPlace?, limit: Int) async throws -> [KeyRecord] {
        var conditions = SQLConditions()
        conditions.add(user.description) { "user_id = \($0)" }
        if let place { conditions.add(place.time, place.id) { "(created_at, id) < (\($0), \($1))" } }
        let most = conditions.bind(limit)
        let sql = """
            SELECT \(Self.keyColumns) FROM api_keys \(conditions.clause)
            ORDER BY created_at DESC, id DESC LIMIT \(most)
            """
        return try await session.query(sql, values: conditions.values).map(KeyRecord.init)
    }

    func validKeyCount(of user: UserID, at time: Date) async throws -> Int {
        try await session.first(
            """
            SELECT count(*) AS count FROM api_keys
            WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
            """,
            user.description,
            time
        )?.decode("count") ?? 0
    }

    func end(_ key: KeyRecord) async throws {
        try await session.execute(
            "UPDATE api_keys SET expires_at = $2, revoked_at = $3 WHERE id = $1",
            key.id.description,
            key.expiresAt,
            key.revokedAt
        )
    }

    func noteUse(_ times: [KeyID: Date]) async throws {
        try await session.execute(
            """
            UPDATE api_keys SET last_used_at = used.at
            FROM unnest($1::text[], $2::timestamptz[]) AS used (id, at)
            WHERE api_keys.id = used.id
                AND (last_used_at IS NULL OR last_used_at <= used.at - interval '1 minute')
            """,
            times.keys.map(\.description),
            Array(times.values)
        )
    }

    func forgetKeys(endedBefore time: Date) async throws {
        try await session.execute(
            "DELETE FROM api_keys WHERE least(revoked_at, expires_at) < $1 AND NOT is_bootstrap",
            time
        )
    }

    func insert(_ key: KeyRecord, hash: String) async throws {
        try await session.execute(
            """
            INSERT INTO api_keys (id, user_id, hash, name, prefix, scopes, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)
            """,
            key.id.description,
            key.userID.description,
            hash,
            key.name,
            key.prefix,
            try PlatformJSON.encodeString(key.scopes),
            key.createdAt,
            key.expiresAt
        )
    }

    func saveBootstrapKey(_ key: KeyRecord, hash: String) async throws -> Bool {
        // One that the settings no longer name may come back, one that a person revoked stays revoked: whoever did may know
        // that it is in the wrong hands.
        let revoked = try await session.execute(
            """
            UPDATE api_keys SET revoked_at = $2, is_bootstrap = false
            WHERE is_bootstrap AND hash <> $1 AND revoked_at IS NULL
            """,
            hash,
            key.createdAt
        )
        let saved = try await session.execute(
            """
            INSERT INTO api_keys (id, user_id, hash, name, prefix, scopes, is_bootstrap, created_at)
            VALUES ($1, $2, $3, $4, $5, $6::jsonb, true, $7)
            ON CONFLICT (hash) DO UPDATE SET revoked_at = NULL, user_id = excluded.user_id, is_bootstrap = true
            WHERE NOT api_keys.is_bootstrap
                OR (api_keys.revoked_at IS NULL AND api_keys.user_id <> excluded.user_id)
            """,
            key.id.description,
            key.userID.description,
            hash,
            key.name,
            key.prefix,
            try PlatformJSON.encodeString(key.scopes),
            key.createdAt
        )
        return revoked + saved > 0
    }
}

extension KeyRecord {
    /// A key as a row of `PostgresRecords.keyColumns` holds it.
    init(_ row: PostgresRow) throws {
        id = try row.decode("key_id", with: KeyID.init)
        userID = try row.decode("key_user_id", with: UserID.init)
        name = try row.decode("key_name")
        prefix = try row.decode("prefix")
        scopes = try row.requireJSON("scopes")
        createdAt = try row.decode("key_created_at")
        expiresAt = try row.decode("expires_at")
        lastUsedAt = try row.decode("last_used_at")
        revokedAt = try row.decode("revoked_at")
    }
}
