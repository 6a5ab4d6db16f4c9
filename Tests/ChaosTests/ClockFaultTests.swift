import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// Clocks are set while everybody works: fault 18.
@Suite struct ClockFaultTests {
    @Test(arguments: [1, -1])
    func `fault 18: the server's clock is set by an hour: places keep their order, nothing is trimmed, deadlines hold`(
        hours: Int
    ) async throws {
        let clock = try await SetClock()
        defer { clock.remove() }
        try await ChaosSite.with(wrapper: clock.variables.joined(separator: " ")) { site in
            let limited = StreamConfiguration(
                name: "CHAOS",
                subjects: SubjectFilter(trusted: "chaos.>"),
                retention: .limits(maximumMessages: 100_000)
            )
            let bus = try await site.bus(declaring: limited)
            let other = try await site.bus(declaring: limited)
            let record = Record()
            _ = try await Worker("w", other, record, ChaosSite.consumer(inFlight: 1))
            let echo = try await Echo(other)
            let producer = Producer("p", bus, record, every: .milliseconds(3))
            try await eventually { record.confirmed > 50 }
            let began = bus.serverTime()

            try clock.set(hours: hours)

            let before = record.confirmed
            try await eventually { record.confirmed > before + 100 }
            try await echo.answers(bus, within: .seconds(3))
            let moved = Int64(bus.serverTime()) - Int64(began)
            #expect(abs(moved - Int64(hours) * 3_600_000) < 60_000, "deadlines are meant by the server's clock")
            await producer.stop()
            try await record.complete()
            expectIntact(record)
            let oracle = record.oracle
            #expect(oracle.outOfOrder.isEmpty)
            let places = oracle.confirmed.sorted { $0.key.number < $1.key.number }.map(\.value)
            #expect(places == places.sorted() && Set(places).count == places.count)
            #expect(try await site.length() == oracle.confirmed.count, "nothing was trimmed")
            await echo.stop()
        }
    }

    @Test func `fault 18: redis starts again with nothing and an earlier clock: nobody waits for the hour to pass`()
        async throws
    {
        let clock = try await SetClock()
        defer { clock.remove() }
        try await ChaosSite.with(wrapper: clock.variables.joined(separator: " ")) { site in
            let everything = try await Everything(site)
            try await everything.works("before")

            try await site.server.kill()
            try clock.set(hours: -1)
            try await site.server.startAgain(empty: true)

            try await everything.works("after")
            await everything.stop()
        }
    }

    @Test(arguments: [1, -1])
    func `fault 18: a client's clock is an hour wrong: its requests and answers keep their deadlines`(hours: Int)
        async throws
    {
        let clock = try await SetClock(hours: hours)
        defer { clock.remove() }
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            let worker = try await site.worker(
                "consume",
                ["--respond", "echo.>"],
                wrapper: ["/usr/bin/env"] + clock.variables
            )
            try await worker.wait(for: "ready")
            try await eventually("an answer of a process with a wrong clock") {
                do {
                    _ = try await bus.request(BusMessage(subject: try Subject("echo.v1")), timeout: .seconds(1))
                    return true
                } catch let error as BusError where error.isRetryable { return false }
            }
            for _ in 1...20 {
                _ = try await bus.request(BusMessage(subject: try Subject("echo.v1")), timeout: .seconds(1))
            }
            let record = Record()
            for number in 1...20 {
                let receipt = try await bus.append(try Producer.message("p", number), to: "CHAOS")
                record.confirm(.init(producer: "p", number: number), receipt.id)
            }
            try await worker.wait(for: "handled", count: 20)
            record.read(worker.lines, by: "worker")
            expectIntact(record)
            #expect(record.oracle.duplicated.isEmpty)
        }
    }
}
