import Logging
import MessageBus
import PostgresClient
import StoreContracts
import Synchronization
import Testing

@testable import StoreService

extension Fixture {
    /// Runs the closure while a transaction holds a user's lock, as one that creates stores for them does.
    func holding<Value: Sendable>(_ caller: Caller, _ body: () async throws -> Value) async throws -> Value {
        try await database.write { records in
            _ = try await records.user(caller.userID, isLocked: true)
            return try await body()
        }
    }

    /// Statements of which only the effect matters.
    func run(_ statements: String...) async throws {
        try await database.pool.withConnection { for statement in statements { try await $0.execute(statement) } }
    }

    /// An expression's value, or that of a query in brackets.
    func text(_ expression: String) async throws -> String? {
        try await database.pool.withConnection { try await $0.first("SELECT (\(expression))::text AS value") }?
            .decode("value")
    }

    /// A single number.
    func count(_ query: String) async throws -> Int? { try await text(query).flatMap { Int($0) } }

    /// Ends the connections to this database that are in some state; how many.
    func kill(_ state: String) async throws -> Int {
        try await count(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND \(state)
            """
        ) ?? 0
    }

    /// Ends the connections that wait for a lock; how many.
    func killWaiting() async throws -> Int { try await kill("wait_event_type = 'Lock'") }

    /// Checks that stores came whole: each with its operation, event and entry in the audit, in its owner's count, and its
    /// messages in one piece.
    func checkTogetherness(stores: Int) async throws {
        for table in ["stores", "operations", "audit"] {
            #expect(try await count("SELECT count(*) FROM \(table)") == stores)
        }
        #expect(
            try await count("SELECT count(DISTINCT store_id) FROM operations JOIN stores ON stores.id = store_id")
                == stores
        )
        #expect(try await count("SELECT count(*) FROM provisioning_events WHERE event = 'created'") == stores)
        let miscounted = """
            SELECT count(*) FROM users
            WHERE store_count <> (SELECT count(*) FROM stores WHERE owner_id = users.id) OR store_count > max_stores
            """
        #expect(try await count(miscounted) == 0)
        let messages = try await database.read { try await $0.oldestMessages(limit: 10_000) }
        let kinds = Dictionary(grouping: messages) { $0.message.headers[MessageHeaders.Name.storeID] ?? "" }.mapValues {
            messages in
            messages.map { $0.message.subject.tokens.last.map(String.init) ?? "" }
        }
        #expect(kinds.count == stores)
        // Who need not wait has its work handed out with it.
        #expect(kinds.values.allSatisfy { $0 == ["created"] || $0 == ["created", "create"] })
    }
}

/// Counts how often a sentence is logged.
final class LogCounter: Sendable {
    private let sentence: String
    private let times = Mutex(0)

    init(_ sentence: String) { self.sentence = sentence }

    var count: Int { times.withLock { $0 } }
    var logger: Logger {
        Logger(label: "test") { _ in
            CountingLogHandler { if $0 == self.sentence { self.times.withLock { $0 += 1 } } }
        }
    }
}

/// Hands the texts of what is logged to a closure.
private struct CountingLogHandler: LogHandler {
    let note: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ note: @escaping @Sendable (String) -> Void) { self.note = note }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { note("\(event.message)") }
}
