import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// The way to the server breaks: faults 4, 5 and 6.
@Suite struct NetworkFaultTests {
    @Test(arguments: FaultProxy.Direction.allCases)
    func `fault 4: the network goes silent: every role notices within the block time and two seconds`(
        direction: FaultProxy.Direction
    ) async throws {
        try await ChaosSite.with { site in
            let bus = try await site.bus { $0.blockTime = .milliseconds(500) }
            let record = Record()
            _ = try await Worker("w", bus, record)
            let echo = try await Echo(bus)
            let producer = Producer("p", bus, record, every: .milliseconds(5))
            try await eventually { record.confirmed > 20 }
            let roles = await site.proxy.roles().filter { $0 != "rx" && $0 != "cmd" }
            #expect(roles.sorted() == ["rd-worker", "rq-echo"])
            let accepted = await site.proxy.accepted()

            let noticed = try await time {
                await site.proxy.silence([direction])
                // Each of the four comes back on a connection of its own.
                try await eventually("four new connections", within: .seconds(4)) {
                    await site.proxy.accepted() >= accepted + 4
                }
            }
            // Half a second is how often the watchdogs look, the rest what a loaded machine takes.
            #expect(noticed < .milliseconds(500) + .seconds(2) + .milliseconds(700))

            try await echo.answers(bus)
            await producer.stop()
            try await record.complete()
            expectIntact(record)
            await echo.stop()
        }
    }

    @Test func `fault 4: a network that is cut for good fails calls in time, and all goes on when it is back`()
        async throws
    {
        try await ChaosSite.with { site in
            let bus = try await site.bus { $0.blockTime = .milliseconds(500) }
            let record = Record()
            _ = try await Worker("w", bus, record)
            let producer = Producer("p", bus, record, every: .milliseconds(5))
            try await eventually { record.confirmed > 20 }

            await site.proxy.partition()
            try await eventually { await !bus.isConnected() }
            try await eventually { producer.refusals.contains("unavailable") }
            let waited = await time {
                await #expect(throws: BusError.self) {
                    try await bus.request(BusMessage(subject: try Subject("echo.v1")), timeout: .seconds(30))
                }
            }
            #expect(waited < .seconds(3), "a bus that knows it is cut off says so")
            await site.proxy.restore()

            try await eventually { await bus.isConnected() }
            let before = record.confirmed
            try await eventually { record.confirmed > before + 20 }
            await producer.stop()
            try await record.complete()
            expectIntact(record)
        }
    }

    @Test(arguments: FaultProxy.Direction.allCases)
    func `fault 5: a reset in the middle of a pipeline: each append has one outcome and is stored once`(
        direction: FaultProxy.Direction
    ) async throws {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            for round in 1...5 {
                // Appends share commands: less than 100 bytes for each, some 20 for its answer.
                await site.proxy.cut(after: (direction == .toServer ? 1_500 : 500) * round, direction, of: "cmd")
                let outcomes = await withTaskGroup { group in
                    for number in 1...200 {
                        group.addTask { () -> StreamID? in
                            do {
                                return try await bus.append(try Producer.message("r\(round)", number), to: "CHAOS").id
                            } catch { return nil }
                        }
                    }
                    return await group.reduce(into: [StreamID?]()) { $0.append($1) }
                }
                let ids = outcomes.compactMap { $0 }
                #expect(outcomes.count == 200)
                #expect(ids.count == 200, "an append with an id outlives one reset")
                #expect(Set(ids).count == 200)
                #expect(try await site.length() == 200 * round, "each is stored once")
            }
            #expect((bus.statistics.snapshot[.reconnects] ?? 0) >= 5)
            #expect(await site.proxy.cutsLeft() == 0)
        }
    }

    @Test func `fault 5: resets at any moment under load lose nothing and store nothing twice`() async throws {
        try await ChaosSite.with { site in
            let (here, there) = (try await site.bus(), try await site.bus())
            let record = Record()
            _ = try await Worker("w", there, record)
            let producers = (1...4).map { Producer("p\($0)", here, record) }
            for round in 1...12 {
                try await eventually { record.confirmed > round * 60 }
                await site.proxy.reset()
            }
            for producer in producers { await producer.stop() }
            try await record.complete()
            try await site.drained()
            expectIntact(record)
        }
    }

    @Test(arguments: [0, 40, 400])
    func `fault 6: a reset between the server's answer and the reader: the messages come at once, uncounted`(
        bytes: Int
    ) async throws {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            let record = Record()
            _ = try await Worker("w", bus, record)
            // The read is on its way and blocked; its answer is what is cut.
            try await eventually { await site.proxy.roles().contains("rd-worker") }
            await site.proxy.cut(after: bytes, .toClient, of: "rd-worker")
            for number in 1...10 {
                let receipt = try await bus.append(try Producer.message("p", number), to: "CHAOS")
                record.confirm(.init(producer: "p", number: number), receipt.id)
            }

            let took = try await time { try await record.complete(within: .seconds(10)) }
            #expect(await site.proxy.cutsLeft() == 0)
            #expect(took < .seconds(3), "not after the acknowledge wait of 30 s")
            #expect(record.oracle.handlings.map(\.deliveries).allSatisfy { $0 == 1 })
            #expect(record.oracle.duplicated.isEmpty)
            try await site.drained()
        }
    }
}
