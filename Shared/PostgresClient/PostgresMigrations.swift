package import Logging

/// One step of a schema: never changed once it has been released.
package struct PostgresMigration: Sendable {
    /// Counts up from 1 without gaps.
    package let version: Int
    package let name: String
    /// One or more statements; run in one transaction.
    package let sql: String

    /// Describes a step.
    package init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }
}

/// Brings a database's schema up to date.
///
/// Any number of processes may call `apply` at once: an advisory lock lets one of them work while the others wait and
/// then find everything done. Idempotent. Throws `PostgresError.Code.migration` when a released step was edited.
package struct PostgresMigrations: Sendable {
    private let migrations: [PostgresMigration]
    private let logger: Logger
    /// Any number nobody else locks: "schema" in ASCII.
    private static let lockKey: Int64 = 0x7363_6865_6D61
    private static let patience: Duration = .seconds(600)

    /// Throws `PostgresError.Code.migration` unless the versions are 1, 2, 3, …
    package init(_ migrations: [PostgresMigration], logger: Logger) throws {
        guard migrations.map(\.version) == migrations.indices.map({ $0 + 1 }) else {
            throw PostgresError(.migration, "the versions must be 1, 2, 3, …")
        }
        self.migrations = migrations
        self.logger = logger
    }

    /// Applies what is missing, each step in a transaction of its own; the versions applied by this call.
    @discardableResult
    package func apply(with pool: PostgresPool) async throws -> [Int] {
        try await pool.withConnection { session in
            do {
                // Waiting for another process' migrations takes longer than a statement may otherwise.
                try await session.executeScript("SET statement_timeout = 0", timeout: .seconds(10))
                try await session.executeScript("SELECT pg_advisory_lock(\(Self.lockKey))", timeout: Self.patience)
                let applied = try await applyMissing(in: session)
                try await session.executeScript("SELECT pg_advisory_unlock(\(Self.lockKey))", timeout: .seconds(10))
                let limit = session.statementTimeout.milliseconds
                try await session.executeScript("SET statement_timeout = \(limit)", timeout: .seconds(10))
                return applied
            } catch {
                // The lock belongs to the connection: without the connection nobody waits for it.
                session.connection.abandon()
                throw error
            }
        }
    }

    private func applyMissing(in session: PostgresSession) async throws -> [Int] {
        let table = """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version integer PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """
        try await session.executeScript(table, timeout: Self.patience)
        var known: [Int: String] = [:]
        for row in try await session.query("SELECT version, checksum FROM schema_migrations") {
            known[try row.decode("version")] = try row.decode("checksum", as: String.self)
        }
        var applied: [Int] = []
        for migration in migrations {
            let checksum = try await checksum(of: migration, in: session)
            if let before = known[migration.version] {
                guard before == checksum else {
                    throw PostgresError(.migration, "migration \(migration.version) was changed after its release")
                }
                continue
            }
            try await apply(migration, checksum: checksum, in: session)
            applied.append(migration.version)
        }
        return applied
    }

    private func apply(_ migration: PostgresMigration, checksum: String, in session: PostgresSession) async throws {
        do {
            try session.begin(.readCommitted)
            try await session.executeScript(migration.sql, timeout: Self.patience)
            try await session.execute(
                "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
                migration.version,
                migration.name,
                checksum
            )
            try await session.commit()
        } catch let error as PostgresError where !error.isUnavailable {
            throw PostgresError(.migration, "migration \(migration.version) failed: \(error.message)", cause: error)
        }
        let metadata: Logger.Metadata = [
            "migration.version": "\(migration.version)", "migration.name": "\(migration.name)",
        ]
        logger.notice("Migration applied", metadata: metadata)
    }

    private func checksum(of migration: PostgresMigration, in session: PostgresSession) async throws -> String {
        let row = try await session.first(
            "SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex') AS checksum",
            migration.sql
        )
        guard let row else { throw PostgresError(.migration, "no checksum") }
        return try row.decode("checksum")
    }
}
