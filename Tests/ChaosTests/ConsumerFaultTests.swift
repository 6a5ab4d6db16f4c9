import Glibc
import Logging
import MessageBus
import ServiceLifecycle
import TestSupport
import Testing

@testable import RedisStreams

/// Whoever works on messages dies, hangs or chokes: faults 7, 8, 9 and 10.
@Suite struct ConsumerFaultTests {
    private static let quickDeath = ["--heartbeat", "200", "--presence", "1000"]

    @Test
    func
        `fault 7: a worker is killed with -9 while it handles: others have its messages long before the wait ends (failure mode 23)`()
        async throws
    {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            let dying = try await site.worker("consume", ["--behaviour", "hang", "--in-flight", "3"] + Self.quickDeath)
            try await dying.wait(for: "ready")
            let record = Record()
            for number in 1...3 {
                let receipt = try await bus.append(try Producer.message("p", number), to: "CHAOS")
                record.confirm(.init(producer: "p", number: number), receipt.id)
            }
            try await dying.wait(for: "taken", count: 3)
            _ = try await Worker("w", try await site.bus(), record)

            try await dying.kill()
            let took = try await time { try await record.complete() }

            #expect(took < .seconds(5))
            #expect(record.oracle.handlings.map(\.deliveries) == [2, 2, 2])
            try await site.drained()
        }
    }

    @Test
    func `fault 8: a handler that hangs and says nothing loses the message, and its late acknowledgement does no harm`()
        async throws
    {
        try await ChaosSite.with { site in
            let (slow, other) = (try await site.bus(), try await site.bus())
            let consumer = ChaosSite.consumer(acknowledgeWait: .milliseconds(800), inFlight: 1)
            let held = BusProbe(try await slow.consume(consumer))
            _ = try await slow.append(try Producer.message("p", 1), to: "CHAOS")
            let hanging = try await held.first(1)[0]

            let record = Record()
            _ = try await Worker("other", other, record, consumer)
            try await eventually { record.oracle.handlings.count == 1 }
            try await site.drained()
            #expect(record.oracle.handlings.map(\.deliveries) == [2])

            #expect(try await !hanging.inProgress())
            #expect(try await !hanging.ackSync())
            #expect(try await !hanging.nak())
            #expect(try await !hanging.term(reason: "late"))
            #expect(try await site.deadLetters() == 0)
            #expect(try await site.length() == 0)
            // What it lost it does not count as held: it takes the next one.
            _ = try await slow.append(try Producer.message("p", 2), to: "CHAOS")
            try await eventually { held.values.count + record.oracle.handlings.count >= 2 }
        }
    }

    @Test func `fault 8: a handler that hangs and is kept alive by its runner keeps the message`() async throws {
        try await ChaosSite.with { site in
            let (slow, other) = (try await site.bus(), try await site.bus())
            let consumer = ChaosSite.consumer(acknowledgeWait: .milliseconds(600), inFlight: 1)
            let record = Record()
            let runner = ConsumerRunner(
                bus: slow,
                stream: ChaosSite.stream,
                consumer: consumer,
                concurrency: 1,
                logger: Logger(label: "runner") { _ in SwiftLogNoOpLogHandler() }
            ) { delivery in
                record.handle(delivery, by: "slow")
                try await Task.sleep(for: .milliseconds(2_500))
                return .ack
            }
            let running = Task { try await runner.run() }
            _ = try await slow.append(try Producer.message("p", 1), to: "CHAOS")
            try await eventually { record.oracle.handlings.count == 1 }
            _ = try await Worker("other", other, record, consumer)

            try await site.drained()

            #expect(record.oracle.handlings.map(\.by) == ["slow"])
            #expect(record.oracle.handlings.map(\.deliveries) == [1])
            running.cancel()
            _ = await running.result
        }
    }

    @Test func `fault 9: a message that crashes whoever handles it becomes a dead letter after three attempts`()
        async throws
    {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            let record = Record()
            for number in 1...20 {
                let message = try Producer.message("p", number, poison: number == 7)
                let receipt = try await bus.append(message, to: "CHAOS")
                if number != 7 { record.confirm(.init(producer: "p", number: number), receipt.id) }
            }

            // As Kubernetes does: one crash, one new process.
            var (attempts, crashes) = (0, 0)
            while attempts < 10 {
                let options = ["--behaviour", "poison", "--max-deliver", "3", "--in-flight", "1"]
                let worker = try await site.worker("consume", options + Self.quickDeath)
                attempts += 1
                try await eventually("a crash or a dead letter") {
                    let dead = try await site.deadLetters()
                    return worker.hasEnded || dead == 1
                }
                record.read(worker.lines, by: "worker \(attempts)")
                crashes += worker.lines("taken").count { $0.body?.contains("poison") == true }
                if !worker.hasEnded {
                    try await site.drained()
                    record.read(worker.lines, by: "worker \(attempts)")
                    break
                }
            }

            #expect(crashes == 3)
            #expect(record.oracle.lost.isEmpty)
            let dead = try #require(try await bus.deadLetters(of: "CHAOS", after: .zero, limit: 100).first).message
            #expect(dead.subject.description == "chaos.p")
            #expect(dead.headers[MessageHeaders.Name.messageID] == "p-7", "its own headers are kept")
            #expect(dead.headers[MessageHeaders.Name.deadDeliveries] == "3")
            #expect(dead.headers[MessageHeaders.Name.deadStream] == "CHAOS")
            #expect(dead.headers[MessageHeaders.Name.deadConsumer] == "worker")
            #expect(dead.headers[MessageHeaders.Name.deadReason]?.contains("max-deliver") == true)
        }
    }

    @Test func `fault 10: crashes before any handler runs count as attempts too`() async throws {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            _ = try await bus.append(try Producer.message("p", 1), to: "CHAOS")
            for attempt in 1...3 {
                let options = ["--behaviour", "never", "--max-deliver", "3"]
                let worker = try await site.worker("consume", options + Self.quickDeath)
                let instance = try await worker.wait(for: "ready")[0].instance
                try await eventually("delivery \(attempt)") {
                    try await site.pending().contains { $0.consumer == instance && $0.deliveries == attempt }
                }
                try await worker.kill()
            }
            let record = Record()
            _ = try await Worker("w", bus, record, ChaosSite.consumer(maximumDeliveries: 3))

            try await eventually { try await site.deadLetters() == 1 }

            #expect(record.oracle.handlings.isEmpty)
            try await site.drained()
        }
    }
}
