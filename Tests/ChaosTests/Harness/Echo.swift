import Logging
import MessageBus
import TestSupport

/// Answers `echo.>` with what was asked, as a service does.
final class Echo: Sendable {
    private let task: Task<Void, any Error>

    /// Returns when requests find it.
    init(_ bus: any MessageBus, filter: String = "echo.>", group: String = "echo") async throws {
        let responder = RequestResponder(
            bus: bus,
            filter: try SubjectFilter(filter),
            queueGroup: group,
            logger: Logger(label: "echo") { _ in SwiftLogNoOpLogHandler() }
        ) { $0 }
        task = Task { try await responder.run() }
        try await answers(bus, filter: filter)
    }

    /// Waits until a request is answered.
    func answers(_ bus: any MessageBus, filter: String = "echo.>", within limit: Duration = .seconds(15)) async throws {
        let subject = try Subject(filter.replacing(">", with: "v1"))
        try await eventually("an answer", within: limit) {
            do {
                _ = try await bus.request(BusMessage(subject: subject), timeout: .milliseconds(500))
                return true
            } catch let error as BusError where error.isRetryable {
                return false
            }
        }
    }

    func stop() async {
        task.cancel()
        _ = await task.result
    }
}
