package import Logging
import ServiceRuntime
import Synchronization

/// A bounded set of connections to one database.
///
/// Opens connections when they are needed, hands them out in the order of asking, replaces broken ones by itself. While
/// the server is away callers fail quickly with an error whose `isUnavailable` is true; there is nothing to restart
/// afterwards. Safe from any task; blocks only its own threads.
package final class PostgresPool: Sendable {
    typealias Waiter = CheckedContinuation<PostgresPoolGrant<PostgresConnection>?, Never>

    struct Core {
        var pool: PostgresPoolState<PostgresConnection, Waiter>
        private var lastID: UInt64 = 0

        init(_ pool: PostgresPoolState<PostgresConnection, Waiter>) { self.pool = pool }

        mutating func newID() -> UInt64 {
            lastID += 1
            return lastID
        }
    }

    /// What the pool was made with; holds a password.
    package let configuration: PostgresConfiguration
    let logger: Logger
    let executor: BlockingExecutor
    let core: Mutex<Core>

    /// Opens nothing yet: the first caller does.
    package init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        executor = BlockingExecutor(name: "postgres", threads: configuration.poolSize)
        let backoff = Backoff(initial: configuration.initialBackoff, maximum: configuration.maximumBackoff)
        core = Mutex(Core(PostgresPoolState(maximum: configuration.poolSize, backoff: backoff)))
    }

    /// Lends a connection to the closure. It is given back however the closure ends, and replaced when it is broken or
    /// left inside a transaction.
    @discardableResult
    package func withConnection<Value: Sendable>(
        on actor: isolated (any Actor)? = #isolation,
        _ body: (PostgresSession) async throws -> Value
    ) async throws -> Value {
        let connection = try await acquire()
        let lease = core.withLock { $0.newID() }
        connection.begin(lease: lease)
        defer { release(connection) }
        let session = PostgresSession(
            connection: connection,
            lease: lease,
            executor: executor,
            statementTimeout: configuration.statementTimeout
        )
        return try await body(session)
    }

    /// Whether the database answers now; for readiness.
    package func isReachable() async -> Bool {
        do {
            return try await withConnection { try await $0.first("SELECT 1") } != nil
        } catch {
            return false
        }
    }

    /// Ends the pool: no more leases; what is lent is closed when it comes back. Idempotent.
    package func close() {
        let (idle, waiters) = core.withLock { $0.pool.close() }
        waiters.forEach { $0.resume(returning: .closed) }
        withExtendedLifetime(idle) {}
    }
}
