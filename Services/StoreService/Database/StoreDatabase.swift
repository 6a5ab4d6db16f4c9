import PostgresClient
import StoreContracts
import Synchronization

/// The service's database: lends records to closures, and says "away" until the schema is there.
///
/// Safe from any task. Both verbs throw `PostgresError`; `isUnavailable` where trying later can help.
final class StoreDatabase: Sendable {
    let pool: PostgresPool
    private let hasSchema = Atomic(false)

    init(pool: PostgresPool) { self.pool = pool }

    /// From now on the schema can be relied on.
    func schemaIsInstalled() { hasSchema.store(true, ordering: .releasing) }

    /// Runs the closure outside a transaction: each statement sees what is committed when it begins.
    func read<Value: Sendable>(_ body: (any StoreRecords) async throws -> Value) async throws -> Value {
        try checkSchema()
        return try await pool.withConnection { try await body(PostgresRecords(session: $0)) }
    }

    /// Runs the closure in one transaction: all of it or nothing. May run it again where that is safe, so it must have
    /// no effect outside the records.
    @discardableResult
    func write<Value: Sendable>(_ body: (any StoreRecords) async throws -> Value) async throws -> Value {
        try checkSchema()
        return try await pool.withTransaction { try await body(PostgresRecords(session: $0)) }
    }

    private func checkSchema() throws {
        guard hasSchema.load(ordering: .acquiring) else {
            throw PostgresError(.unreachable, "the schema is not installed yet")
        }
    }
}
