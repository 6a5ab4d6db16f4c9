import PostgresClient
import StoreContracts
import Synchronization

/// The service's database: lends records to closures, and says "away" until the schema is there.
///
/// Safe from any task. Both verbs throw `PostgresError`; `isUnavailable` where trying later can help.
final class StoreDatabase: Sendable {
    let pool: PostgresPool
    private let hasSchema = Atomic(false)
    /// Ends when the schema is there.
    private let installation = AsyncStream<Void>.makeStream()
    private let onCommit: @Sendable ([StoreChanges.Change]) async -> Void

    /// `onCommit` is told what a transaction did to stores when that is committed; `write` returns after it.
    init(pool: PostgresPool, onCommit: @escaping @Sendable ([StoreChanges.Change]) async -> Void = { _ in }) {
        self.pool = pool
        self.onCommit = onCommit
    }

    /// From now on the schema can be relied on.
    func schemaIsInstalled() {
        hasSchema.store(true, ordering: .releasing)
        installation.continuation.finish()
    }

    /// Returns once the schema can be relied on, or when the task is cancelled. For one task.
    func untilSchemaIsInstalled() async { for await _ in installation.stream {} }

    /// Runs the closure outside a transaction: each statement sees what is committed when it begins.
    func read<Value: Sendable>(_ body: (any StoreRecords) async throws -> Value) async throws -> Value {
        try checkSchema()
        return try await pool.withConnection {
            try await body(PostgresRecords(session: $0, changes: StoreChanges()))
        }
    }

    /// Runs the closure in one transaction: all of it or nothing. May run it again where that is safe, so it must have
    /// no effect outside the records. `attempts`: how often it is run at most.
    @discardableResult
    func write<Value: Sendable>(
        attempts: Int = 5,
        _ body: (any StoreRecords) async throws -> Value
    ) async throws -> Value {
        try checkSchema()
        let changes = StoreChanges()
        let value = try await pool.withTransaction(attempts: attempts) { session in
            changes.reset()
            return try await body(PostgresRecords(session: session, changes: changes))
        }
        let all = changes.all
        if !all.isEmpty { await onCommit(all) }
        return value
    }

    private func checkSchema() throws {
        guard hasSchema.load(ordering: .acquiring) else {
            throw PostgresError(.unreachable, "the schema is not installed yet")
        }
    }
}
