import Synchronization
import TestSupport
import Testing

@testable import PostgresClient

@Suite(.timeLimit(.minutes(1))) struct PostgresListenerTests {
    @Test func `hears notifications, also after the server was restarted`() async throws {
        let server = try await TestPostgres.start()
        let configuration = try await server.makeDatabase(poolSize: 1)
        let pool = PostgresPool(configuration, logger: TestDatabase.logger)
        let heard = Mutex<[PostgresListener.Event]>([])
        let listener = PostgresListener(configuration, channels: ["news"], logger: TestDatabase.logger) { event in
            heard.withLock { $0.append(event) }
        }
        let running = Task { await listener.run() }

        try await eventually { heard.withLock { $0 } == [.listening] }
        try await pool.withConnection { try await $0.query("SELECT pg_notify('news', 'one')") }
        let one = PostgresListener.Event.notified(PostgresNotification(channel: "news", payload: "one"))
        try await eventually { heard.withLock { $0.last } == one }

        try await server.stop()
        try await server.startAgain()
        try await eventually { heard.withLock { $0.last } == .listening }
        try await eventually { await pool.isReachable() }
        try await pool.withConnection { try await $0.query("SELECT pg_notify('news', 'two')") }
        let two = PostgresListener.Event.notified(PostgresNotification(channel: "news", payload: "two"))
        try await eventually { heard.withLock { $0.last } == two }

        running.cancel()
        await running.value
        try await server.stop()
    }
}
