import Logging

/// How strictly a transaction is kept apart from the others.
package enum PostgresIsolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension PostgresPool {
    /// Runs the closure in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Where the error says that repeating is safe (`PostgresError.retriesTransaction`: serialization failure,
    /// deadlock, a connection lost before COMMIT) the closure runs again, up to `attempts` times, so it may change
    /// nothing outside. Throws `outcomeUnknown` when the connection broke during COMMIT.
    @discardableResult
    package func withTransaction<Value: Sendable>(
        isolation: PostgresIsolation = .readCommitted,
        attempts: Int = 5,
        on actor: isolated (any Actor)? = #isolation,
        _ body: (PostgresSession) async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            do {
                return try await withConnection { session in
                    try session.begin(isolation)
                    do {
                        let value = try await body(session)
                        try await session.commit()
                        return value
                    } catch {
                        await session.rollBack()
                        throw error
                    }
                }
            } catch let error as PostgresError where error.retriesTransaction && attempt < attempts {
                logger.debug("Transaction repeated", metadata: ["error": "\(error)", "attempt": "\(attempt)"])
                // Spread out, or two that collided collide again.
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...(10 << attempt))))
                attempt += 1
            }
        }
    }
}

extension PostgresSession {
    /// Goes out with the first statement: a round trip less.
    func begin(_ isolation: PostgresIsolation) throws {
        try connection.postpone(PostgresStatement("BEGIN ISOLATION LEVEL \(isolation.rawValue)"), lease: lease)
    }

    func commit() async throws {
        // COMMIT of a failed transaction is answered with a silent ROLLBACK.
        guard !connection.isTransactionFailed else {
            throw PostgresError(.server, "a statement failed and its error was not passed on", sqlState: "25P02")
        }
        let last = connection.takePostponed()
        // Nothing but BEGIN, which was never sent: there is nothing to commit.
        guard connection.isInTransaction || last.count > 1 else { return }
        do {
            _ = try await queryAll(last + [PostgresStatement("COMMIT")])
        } catch let error as PostgresError where error.code == .connectionLost {
            throw PostgresError(.outcomeUnknown, error.message, sqlState: error.sqlState, cause: error)
        }
    }

    /// Never throws: a connection that cannot roll back is thrown away, which does the same.
    func rollBack() async {
        _ = connection.takePostponed()
        guard connection.isInTransaction else { return }
        do {
            // In a task of its own, awaited here: a cancelled transaction must be rolled back, too.
            try await Task { try await executeScript("ROLLBACK", timeout: .seconds(5)) }.value
        } catch {
            connection.abandon()
        }
    }
}
