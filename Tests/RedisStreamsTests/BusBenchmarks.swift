import Foundation
import Logging
import MessageBus
import RedisStreams
import TestSupport
import Testing

/// Prints rates; runs only with `BUS_BENCHMARK=1`, and tells something only in a release build on a quiet machine.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["BUS_BENCHMARK"] == "1"))
struct BusBenchmarks {
    private static let duration = Duration.seconds(3)
    private static let body = [UInt8](repeating: 120, count: 128)

    private static func report(_ name: String, _ count: Int, _ took: Duration, _ latencies: [Duration] = []) {
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
        var line = "\(name): \(Int(Double(count) / seconds)) per second"
        if !latencies.isEmpty {
            let sorted = latencies.sorted()
            let micros = { (part: Double) in
                Int(sorted[Int(Double(sorted.count - 1) * part)] / .microseconds(1))
            }
            line += ", p50 \(micros(0.5)) µs, p99 \(micros(0.99)) µs, max \(micros(1)) µs"
        }
        print(line)
    }

    @Test(arguments: [1, 64])
    func `request and reply`(inFlight: Int) async throws {
        try await BusContractCell.with(try await TestRedis.start()) { cell in
            let (client, server) = (try cell.makeBus(), try cell.makeBus())
            let echo = try await BusContractCoreTests.serve(server, "echo.>") { $0 }
            let message = BusMessage(subject: try Subject("echo.v1"), body: Self.body)
            _ = try await client.request(message, timeout: .seconds(5))
            let clock = ContinuousClock()
            let began = clock.now

            let latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
                for _ in 0..<inFlight {
                    group.addTask {
                        var own: [Duration] = []
                        while clock.now - began < Self.duration {
                            let sent = clock.now
                            _ = try await client.request(message, timeout: .seconds(5))
                            own.append(clock.now - sent)
                        }
                        return own
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }

            Self.report("request/reply, \(inFlight) in flight", latencies.count, clock.now - began, latencies)
            #expect(!latencies.isEmpty)
            echo.cancel()
        }
    }

    @Test func `publish, append and consume`() async throws {
        try await BusContractCell.with(try await TestRedis.start()) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
            let clock = ContinuousClock()
            try await eventually { await bus.isConnected() }

            var began = clock.now
            let core = BusMessage(subject: try Subject("core.x"), body: Self.body)
            for _ in 0..<200_000 { try await bus.publish(core) }
            Self.report("core publish", 200_000, clock.now - began)

            let total = 100_000
            for (name, dedup) in [("append", false), ("append with dedup", true)] {
                began = clock.now
                try await withThrowingDiscardingTaskGroup { group in
                    for worker in 0..<256 {
                        group.addTask {
                            for number in 0..<(total / 256) {
                                let id = dedup ? "\(worker)-\(number)" : nil
                                var message = try BusContractStreamTests.message("x", id: id)
                                message.body = Self.body
                                _ = try await bus.append(message, to: "EVENTS")
                            }
                        }
                    }
                }
                Self.report(name, total / 256 * 256, clock.now - began)
            }

            let expected = total / 256 * 256 * 2
            began = clock.now
            let consumer = ConsumerConfiguration(stream: "EVENTS", durable: "bench", maximumInFlight: 1024)
            let deliveries = try await bus.consume(consumer)
            var taken = 0
            try await withThrowingDiscardingTaskGroup { group in
                for try await delivery in deliveries {
                    group.addTask { delivery.ack() }
                    taken += 1
                    if taken == expected { break }
                }
            }
            Self.report("consume, each acknowledged", taken, clock.now - began)
            #expect(taken == expected)
        }
    }
}
