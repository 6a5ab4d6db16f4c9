import ArgumentParser
import Foundation
import Logging
import MessageBus
import RedisStreams

/// One operation of the bus on its own, as one process; prints one line of JSON.
///
/// Redis is at REDIS_HOST and REDIS_PORT. `reply` serves until it is killed; every other operation ends by itself.
@main
struct BusBenchmarkMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "BusBenchmark")

    enum Operation: String, ExpressibleByArgument, CaseIterable {
        case reply, rr1, rr64, pubsync, pubasync, pubdedup, consume, consumebatch, idle
    }

    @Argument(help: "reply, rr1, rr64, pubsync, pubasync, pubdedup, consume, consumebatch or idle") var operation:
        Operation
    @Argument(help: "bytes of a body") var size: Int
    @Argument(help: "how long, in seconds") var seconds: Double

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let place = "redis://\(environment["REDIS_HOST"] ?? "127.0.0.1"):\(environment["REDIS_PORT"] ?? "6379")"
        let configuration = RedisBusConfiguration(
            url: try RedisURL(place),
            cell: "benchmark",
            service: operation.rawValue
        )
        let bus = try RedisMessageBus(configuration: configuration, logger: Logger(label: "benchmark"))
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: size)
        let length = Duration.seconds(seconds)
        let figures: Figures? =
            switch operation {
            case .reply: try await RequestBenchmark(bus: bus, body: body).serve()
            case .rr1: try await RequestBenchmark(bus: bus, body: body).ask(inFlight: 1, for: length)
            case .rr64: try await RequestBenchmark(bus: bus, body: body).ask(inFlight: 64, for: length)
            case .pubsync: try await PublishBenchmark(bus: bus, body: body).oneByOne(for: length)
            case .pubasync: try await PublishBenchmark(bus: bus, body: body).pipelined(for: length)
            case .pubdedup: try await PublishBenchmark(bus: bus, body: body, remembers: true).pipelined(for: length)
            case .consume: try await ConsumeBenchmark(bus: bus, body: body).run(for: length)
            // Acknowledgements travel in batches anyway.
            case .consumebatch: try await ConsumeBenchmark(bus: bus, body: body).run(for: length)
            case .idle: try await IdleBenchmark(bus: bus).run(for: length)
            }
        if let figures { print(figures.json) }
        await bus.drain(within: .seconds(5))
    }
}
