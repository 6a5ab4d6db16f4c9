import Foundation
import PostgresClient
import StoreContracts
import StoreDomain

extension PostgresRecords: UserRepository {
    static let userColumns = """
        users.id AS user_id, email, users.name AS user_name, role, max_stores, users.created_at AS user_created_at, \
        users.updated_at AS user_updated_at
        """
    /// Any number nobody else locks: "admin" in ASCII.
    private static let bootstrapLock: Int64 = 0x61_646D_696E

    func user(_ id: UserID, isLocked: Bool) async throws -> UserRecord? {
        // Stores refer to their owner: only this lock lets them be inserted meanwhile.
        let lock = isLocked ? " FOR NO KEY UPDATE" : ""
        let sql = "SELECT \(Self.userColumns) FROM users WHERE id = $1" + lock
        return try await session.first(sql, id.description).map(UserRecord.init)
    }

    func listing(of id: UserID, isLocked: Bool) async throws -> UserListing? {
        guard let user = try await user(id, isLocked: isLocked) else { return nil }
        return UserListing(user: user, used: try await storeCount(of: id))
    }

    func users(_ filter: UserListFilter, after place: ListPlace?, limit: Int) async throws -> [UserListing] {
        var conditions = SQLConditions()
        if let role = filter.role { conditions.add(role.rawValue) { "role = \($0)" } }
        if let text = filter.text {
            conditions.add(text.lowercased()) {
                "(position(\($0) in lower(users.name)) > 0 OR position(\($0) in lower(email)) > 0)"
            }
        }
        if let place { conditions.add(place.time, place.id) { "(users.created_at, users.id) < (\($0), \($1))" } }
        let most = conditions.bind(limit)
        let sql = """
            SELECT \(Self.userColumns), store_count AS used
            FROM users \(conditions.clause) ORDER BY users.created_at DESC, users.id DESC LIMIT \(most)
            """
        return try await session.query(sql, values: conditions.values).map { row in
            UserListing(user: try UserRecord(row), used: try row.decode("used"))
        }
    }

    func lockAdmins() async throws -> Set<UserID> {
        let rows = try await session.query("SELECT id FROM users WHERE role = 'admin' ORDER BY id FOR NO KEY UPDATE")
        return Set(try rows.map { try $0.decode("id", with: UserID.init) })
    }

    func lockOwner(of store: StoreID) async throws {
        let owner = "(SELECT owner_id FROM stores WHERE id = $1)"
        try session.later("SELECT FROM users WHERE id = \(owner) FOR NO KEY UPDATE", store.description)
    }

    func insert(_ user: UserRecord) async throws {
        try await session.execute(
            """
            INSERT INTO users (id, email, name, role, max_stores, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            user.id.description,
            user.email,
            user.name,
            user.role.rawValue,
            user.maxStores,
            user.createdAt,
            user.updatedAt
        )
    }

    func update(_ user: UserRecord) async throws {
        try await session.execute(
            "UPDATE users SET email = $2, name = $3, role = $4, max_stores = $5, updated_at = $6 WHERE id = $1",
            user.id.description,
            user.email,
            user.name,
            user.role.rawValue,
            user.maxStores,
            user.updatedAt
        )
    }

    func remove(_ id: UserID) async throws {
        try await session.execute("DELETE FROM users WHERE id = $1", id.description)
    }

    func saveBootstrapAdmin(_ user: UserRecord) async throws -> UserID {
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
            user.createdAt
        )
        guard let row else { throw PostgresError(.decoding, "an upsert returned no row") }
        return try row.decode("id", with: UserID.init)
    }
}

extension UserRecord {
    /// A user as a row of `PostgresRecords.userColumns` holds it.
    init(_ row: PostgresRow) throws {
        id = try row.decode("user_id", with: UserID.init)
        email = try row.decode("email")
        name = try row.decode("user_name")
        role = try row.decode("role", with: Caller.Role.init(rawValue:))
        maxStores = try row.decode("max_stores")
        createdAt = try row.decode("user_created_at")
        updatedAt = try row.decode("user_updated_at")
    }
}
