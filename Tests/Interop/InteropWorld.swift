import MessageBus
import RedisStreams
import TestSupport

/// A cell with one Swift process and one Python process on a real Redis.
enum InteropWorld {
    /// Opens it, hands it to `body`, and drains both.
    static func with(_ body: (any MessageBus, PythonPeer) async throws -> Void) async throws {
        try await BusContractCell.with(try await TestRedis.sharedServer()) { cell in
            guard let configuration = cell.configuration else { return }
            let bus = try cell.makeBus()
            try await PythonPeer.with(configuration) { try await body(bus, $0) }
        }
    }

    /// A message with a body of text.
    static func message(_ subject: String, _ body: String, _ headers: KeyValuePairs<String, String> = [:]) throws
        -> BusMessage
    {
        BusMessage(subject: try Subject(subject), headers: try MessageHeaders(headers), body: Array(body.utf8))
    }

    /// A work queue for `ORDERS`, declared by Swift.
    static func declare(on bus: any MessageBus, retention: StreamConfiguration.Retention = .workQueue) async throws {
        try await bus.ensureStream(
            StreamConfiguration(name: "ORDERS", subjects: try SubjectFilter("orders.>"), retention: retention)
        )
    }

    /// The durable consumer both languages are members of.
    static func consumer(wait: Duration = .seconds(60), maximum: Int = 0, holding: Int = 64, limit: Int? = nil)
        -> ConsumerConfiguration
    {
        ConsumerConfiguration(
            stream: "ORDERS",
            durable: "workers",
            acknowledgeWait: wait,
            maximumDeliveries: maximum,
            maximumInFlight: holding,
            maximumAcknowledgePending: limit
        )
    }

    /// The same for Python.
    static func consume(wait: Int = 60_000, _ more: (inout PeerCommand) -> Void = { _ in }) -> PeerCommand {
        PeerCommand("consume", stream: "ORDERS") { command in
            command.name = "work"
            command.durable = "workers"
            command.waitMs = wait
            more(&command)
        }
    }
}
