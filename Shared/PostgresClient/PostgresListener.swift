package import Logging
import ServiceRuntime

/// Listens on channels over a connection of its own, outside any pool.
///
/// Reconnects by itself. A NOTIFY sent meanwhile is lost, hence `listening`: whoever is woken by notifications must
/// look for work after each of those, and now and then anyway.
package struct PostgresListener: Sendable {
    /// What the listener has to tell.
    package enum Event: Sendable, Equatable {
        /// The channels are being listened to, for the first time or again.
        case listening
        case notified(PostgresNotification)
    }

    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger
    private let onEvent: @Sendable (Event) -> Void

    /// `onEvent` is called from any thread and must not block. Channels are identifiers: letters, digits, underscores.
    package init(
        _ configuration: PostgresConfiguration,
        channels: [String],
        logger: Logger,
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
        self.onEvent = onEvent
    }

    /// Listens until the task is cancelled; returns then.
    package func run() async {
        let executor = BlockingExecutor(name: "pg-listen", threads: 1)
        let backoff = Backoff(initial: configuration.initialBackoff, maximum: configuration.maximumBackoff)
        var failures = 0
        while !Task.isCancelled {
            do {
                let connection = try await connect(on: executor)
                failures = 0
                onEvent(.listening)
                try await listen(on: connection, executor)
            } catch is CancellationError {
                return
            } catch {
                failures += 1
                logger.debug("PostgreSQL listener interrupted", metadata: ["error": "\(error)"])
                let delay = backoff.delay(attempt: failures, random: .random(in: 0..<1))
                do { try await Task.sleep(for: delay) } catch { return }
            }
        }
    }

    private func connect(on executor: BlockingExecutor) async throws -> PostgresConnection {
        let statements = channels.map { "LISTEN \"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ";")
        return try await executor.run { [configuration] in
            let connection = try PostgresConnection(configuration)
            _ = try connection.simpleQuery(statements, deadline: .now + configuration.connectTimeout)
            return connection
        }
    }

    private func listen(on connection: PostgresConnection, _ executor: BlockingExecutor) async throws {
        while true {
            let notifications = try await withTaskCancellationHandler {
                try await executor.run { try connection.notifications(deadline: .now + .seconds(20)) }
            } onCancel: {
                connection.wakeUp()
            }
            try Task.checkCancellation()
            if notifications.isEmpty {
                // A quiet channel and a dead server look the same; a round trip tells them apart.
                _ = try await executor.run { try connection.simpleQuery("SELECT 1", deadline: .now + .seconds(5)) }
            }
            notifications.forEach { onEvent(.notified($0)) }
        }
    }
}
