import ServiceRuntime

/// A leased connection inside `withConnection` or `withTransaction`. One statement at a time; useless after the
/// closure.
///
/// Statements run on the pool's own threads. Cancelling the task cancels the running statement at the server.
package struct PostgresSession: Sendable {
    let connection: PostgresConnection
    let lease: UInt64
    let executor: BlockingExecutor
    let statementTimeout: Duration

    /// The rows of a statement. Values stand for `$1`, `$2`, …; the statement is prepared once per connection.
    @discardableResult
    package func query(_ sql: String, _ values: any PostgresEncodable...) async throws -> [PostgresRow] {
        try await perform(sql, values.map(\.postgresText)).rows
    }

    /// The first row, if there is one.
    package func first(_ sql: String, _ values: any PostgresEncodable...) async throws -> PostgresRow? {
        try await perform(sql, values.map(\.postgresText)).rows.first
    }

    /// Runs a statement for its effect; the number of rows it touched.
    @discardableResult
    package func execute(_ sql: String, _ values: any PostgresEncodable...) async throws -> Int {
        try await perform(sql, values.map(\.postgresText)).affectedRows
    }

    /// Runs statements in their order with one round trip; their results. The first failure is thrown, and what follows
    /// it is not run: meant for transactions, which it ends as well.
    package func queryAll(_ statements: [PostgresStatement]) async throws -> [PostgresResult] {
        guard !statements.isEmpty else { return [] }
        let all = connection.takePostponed() + statements
        // The server ends a statement first; this deadline is for a server that no longer answers at all.
        let patience = statementTimeout + .seconds(2)
        return try await run { try $0.execute(all, deadline: .now + patience) }.suffix(statements.count)
    }

    /// Keeps a statement whose result nobody needs until the next one, or the transaction's COMMIT, and sends them
    /// together. What it throws is thrown there. For transactions only.
    package func later(_ sql: String, _ values: any PostgresEncodable...) throws {
        guard connection.isInTransaction || connection.hasPostponed else {
            throw PostgresError(.misuse, "what is kept for later needs a transaction")
        }
        try connection.postpone(PostgresStatement(sql, values: values.map(\.postgresText)), lease: lease)
    }

    /// Runs one or more statements without values, such as a migration's text. Takes as long as it takes.
    package func executeScript(_ sql: String, timeout: Duration) async throws {
        let before = connection.takePostponed()
        _ = try await run { connection in
            if !before.isEmpty { _ = try connection.execute(before, deadline: .now + timeout) }
            return try connection.simpleQuery(sql, deadline: .now + timeout)
        }
    }

    func perform(_ sql: String, _ values: [String?]) async throws -> PostgresResult {
        guard let result = try await queryAll([PostgresStatement(sql, values: values)]).last else {
            throw PostgresError(.decoding, "a statement without a result")
        }
        return result
    }

    func run<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        let connection = connection
        let run = try connection.enter(lease: lease)
        defer { connection.leave() }
        do {
            return try await withTaskCancellationHandler {
                try await executor.run { try body(connection) }
            } onCancel: {
                connection.interrupt(run: run)
            }
        } catch let error as PostgresError where error.code == .canceled && Task.isCancelled {
            throw CancellationError()
        }
    }
}
