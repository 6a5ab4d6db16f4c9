import Foundation
import PostgresClient
import StoreContracts
import StoreDomain

extension PostgresRecords: UserRepository {
    /// Any number nobody else locks: "admin" in ASCII.
    private static let bootstrapLock: Int64 = 0x61_646D_696E

    func user(_ id: UserID, isLocked: Bool) async throws -> UserRecord? {
        // Stores refer to their owner: only this lock lets them be inserted meanwhile.
        let lock = isLocked ? " FOR NO KEY UPDATE" : ""
        let sql = "SELECT id, email, name, role, max_stores FROM users WHERE id = $1" + lock
        return try await session.first(sql, id.description).map(UserRecord.init)
    }

    func user(keyHash: String, at time: Date) async throws -> UserRecord? {
        try await session.first(
            """
            SELECT users.id, email, name, role, max_stores FROM api_keys JOIN users ON users.id = user_id
            WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
            """,
            keyHash,
            time
        ).map(UserRecord.init)
    }

    func insert(_ user: UserRecord, at time: Date) async throws {
        try await session.execute(
            """
            INSERT INTO users (id, email, name, role, max_stores, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $6)
            """,
            user.id.description,
            user.email,
            user.name,
            user.role.rawValue,
            user.maxStores,
            time
        )
    }

    func saveBootstrapAdmin(_ user: UserRecord, at time: Date) async throws -> UserID {
        // An upsert settles one constraint; replicas that start together would meet in the other, the address.
        try await session.query("SELECT pg_advisory_xact_lock($1)", Self.bootstrapLock)
        let row = try await session.first(
            """
            INSERT INTO users (id, email, name, role, max_stores, is_bootstrap, created_at, updated_at)
            VALUES ($1, $2, $3, 'admin', $4, true, $5, $5)
            ON CONFLICT (is_bootstrap) WHERE is_bootstrap DO UPDATE SET
                email = excluded.email, role = 'admin', max_stores = excluded.max_stores, updated_at = excluded.updated_at
            RETURNING id
            """,
            user.id.description,
            user.email,
            user.name,
            user.maxStores,
            time
        )
        guard let row else { throw PostgresError(.decoding, "an upsert returned no row") }
        return try row.decode("id", with: UserID.init)
    }

    func insert(_ key: KeyRecord, of user: UserID, at time: Date) async throws {
        try await session.execute(
            "INSERT INTO api_keys (id, user_id, hash, prefix, created_at) VALUES ($1, $2, $3, $4, $5)",
            key.id,
            user.description,
            key.hash,
            key.prefix,
            time
        )
    }

    func saveBootstrapKey(_ key: KeyRecord, of user: UserID, at time: Date) async throws -> Bool {
        let revoked = try await session.execute(
            "UPDATE api_keys SET revoked_at = $2 WHERE is_bootstrap AND hash <> $1 AND revoked_at IS NULL",
            key.hash,
            time
        )
        let saved = try await session.execute(
            """
            INSERT INTO api_keys (id, user_id, hash, prefix, is_bootstrap, created_at) VALUES ($1, $2, $3, $4, true, $5)
            ON CONFLICT (hash) DO UPDATE SET revoked_at = NULL, user_id = excluded.user_id, is_bootstrap = true
            WHERE api_keys.revoked_at IS NOT NULL OR api_keys.user_id <> excluded.user_id OR NOT api_keys.is_bootstrap
            """,
            key.id,
            user.description,
            key.hash,
            key.prefix,
            time
        )
        return revoked + saved > 0
    }
}

extension UserRecord {
    fileprivate init(_ row: PostgresRow) throws {
        id = try row.decode("id", with: UserID.init)
        email = try row.decode("email")
        name = try row.decode("name")
        role = try row.decode("role", with: Caller.Role.init(rawValue:))
        maxStores = try row.decode("max_stores")
    }
}
