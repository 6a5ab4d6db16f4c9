import Logging
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// What durable consumers leave in Redis and find there again; beyond the contract of both buses.
@Suite struct RedisConsumerTests {
    private typealias Fixture = BusContractFixture

    private static func log(_ cell: BusContractCell) throws -> String {
        "nrs:{\(try #require(cell.configuration).cell)}:s:EVENTS:log"
    }

    // nats-server: TestJetStreamConsumerMaxDeliveryAndServerRestart, TestJetStreamRedeliveryAfterServerRestart
    @Test func `delivery counts and what is pending survive a kill of the server`() async throws {
        let server = try await TestRedis.start(["--appendfsync", "always"])
        try await BusContractCell.with(server) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(wait: .milliseconds(700), maximum: 4)))
            let ids = try await Fixture.fill(bus, ["a", "b"])
            let before = try await probe.first(4)
            let other = try #require(before.last { $0.id == ids[1] })
            #expect(try await other.ackSync())

            try await server.kill()
            try await server.startAgain()

            try await eventually(within: .seconds(30)) {
                do { return try await bus.stream("EVENTS").deadLetters == 1 } catch { return false }
            }
            let letters = try await bus.deadLetters(of: "EVENTS", after: .zero, limit: 9)
            let dead = try #require(letters.first).message.headers
            #expect(dead[MessageHeaders.Name.deadSequence] == "\(ids[0])")
            #expect(dead[MessageHeaders.Name.deadDeliveries] == "4")
            #expect(probe.values.filter { $0.id == ids[0] }.map(\.deliveries).max() == 4)
            #expect(probe.values.allSatisfy { $0.id == ids[0] || $0.deliveries <= 2 })
        }
    }

    @Test func `an acknowledgement given while Redis is away arrives when it is back`() async throws {
        let server = try await TestRedis.start(["--appendfsync", "always"])
        var configuration = BusContractCell.configuration(on: server)
        configuration.offlineGrace = .milliseconds(200)
        let bus = try RedisMessageBus(configuration: configuration, logger: Logger(label: "test"))
        try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
        let probe = BusProbe(try await bus.consume(try Fixture.consumer()))
        try await Fixture.fill(bus, ["a"])
        let delivery = try await probe.first(1)[0]

        try await server.kill()
        try await eventually { await !bus.isConnected() }
        try await Fixture.elapse(.milliseconds(400))
        delivery.ack()
        try await Fixture.elapse(.milliseconds(300))
        try await server.startAgain()

        try await eventually {
            do { return try await bus.stream("EVENTS").messages == 0 } catch { return false }
        }
        #expect(probe.values.count == 1)
        await bus.drain(within: .milliseconds(500))
    }

    @Test func `a destroyed group is made again, and whoever listens is told`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let bus = try await Fixture.open(cell)
            var events = bus.events().makeAsyncIterator()
            let probe = BusProbe(try await bus.consume(try Fixture.consumer()))
            let ids = try await Fixture.fill(bus, ["a", "b"])
            let held = try await probe.first(2)
            #expect(try await held[0].ackSync())

            try await server.command("XGROUP", "DESTROY", try Self.log(cell), "worker")

            let event = await events.next()
            // A work queue begins again at its beginning, so nothing in it can be lost.
            #expect(event == .groupRecreated(stream: "EVENTS", consumer: "worker", possibleLoss: false))
            #expect(try await probe.first(3)[2].id == ids[1])

            try await server.command("DEL", try Self.log(cell))
            #expect(await events.next() == .groupRecreated(stream: "EVENTS", consumer: "worker", possibleLoss: true))
            let more = try await Fixture.fill(bus, ["c"])
            #expect(try await probe.first(4)[3].id == more[0])
        }
    }

    @Test func `a destroyed group of a limited stream goes on after what was seen`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 1_000))
            try await Fixture.fill(bus, ["old"])
            let new = try await Fixture.acknowledging(bus, try Fixture.consumer("new", from: .new))
            let all = try await Fixture.acknowledging(bus, try Fixture.consumer("all"))
            _ = try await all.first(1)

            for group in ["new", "all"] { try await server.command("XGROUP", "DESTROY", try Self.log(cell), group) }
            try await eventually { try await bus.consumers(of: "EVENTS").count == 2 }
            let ids = try await Fixture.fill(bus, ["young"])

            // Neither the old message again for one that never wanted it, nor twice for the other.
            #expect(try await new.first(1).map(\.id) == ids)
            #expect(try await all.first(2)[1].id == ids[0])
        }
    }

    // nats-server: TestJetStreamConsumerNotInactiveDuringAckWait
    @Test func `what killed processes left in a group goes, what is held or lives stays`() async throws {
        let server = try await TestRedis.start()
        var configuration = BusContractCell.configuration(on: server)
        configuration.sweepInterval = .milliseconds(300)
        let cell = "nrs:{\(configuration.cell)}:"
        let bus = try RedisMessageBus(configuration: configuration, logger: Logger(label: "test"))
        try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
        let probe = BusProbe(try await bus.consume(try Fixture.consumer(inFlight: 1)))
        let group = BusProbe(try await bus.subscribe(to: SubjectFilter("news.>"), queueGroup: "readers"))
        let (log, core) = (cell + "s:EVENTS:log", cell + "c:news")
        try await Fixture.fill(bus, ["a", "b"])
        let held = try await probe.first(1)[0]
        try await server.command("ZADD", cell + "live", "99999999999999", "living")
        for name in ["ghost", "living", "holding"] {
            try await server.command("XGROUP", "CREATECONSUMER", log, "worker", name)
            try await server.command("XGROUP", "CREATECONSUMER", core, "readers", name)
        }
        try await server.command("ZADD", cell + "live", "99999999999999", "holding")
        try await server.command("XREADGROUP", "GROUP", "worker", "holding", "COUNT", "1", "STREAMS", log, ">")
        try await server.command("ZREM", cell + "live", "holding")

        try await eventually {
            try await !server.command("XINFO", "CONSUMERS", log, "worker").contains("ghost")
        }
        try await eventually {
            try await !server.command("XINFO", "CONSUMERS", core, "readers").contains("ghost")
        }

        let left = try await server.command("XINFO", "CONSUMERS", log, "worker")
        #expect(left.contains("living") && left.contains(bus.instance))
        #expect(try await server.command("XINFO", "CONSUMERS", core, "readers").contains("living"))
        // The member that holds all it may cannot take over what the dead one had, so that one must still be there.
        #expect(left.contains("holding"))
        #expect(try await held.ackSync())
        let second = try await probe.first(2)[1]
        #expect(second.deliveries == 2)
        try await eventually {
            try await !server.command("XINFO", "CONSUMERS", log, "worker").contains("holding")
        }
        group.cancel()
        await bus.drain(within: .milliseconds(500))
    }

    @Test func `more subjects than a consumer may begin with are refused`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 100_000))
            let log = try Self.log(cell)
            let script =
                "for i = 1, 10001 do redis.call('XADD', KEYS[1], '*', 's', 'events.n' .. i, 'r', '', 'h', '', "
                + "'d', '') end return 1"
            try await server.command("EVAL", script, "1", log)

            let error = await #expect(throws: BusError.self) {
                try await bus.consume(try Fixture.consumer(from: .lastPerSubject))
            }

            #expect(error?.code == .refused)
            #expect(try await bus.consumers(of: "EVENTS").isEmpty)
            let even = try await bus.consume(try Fixture.consumer(filters: ["events.n7"], from: .lastPerSubject))
            #expect(try await BusProbe(even).first(1).count == 1)
        }
    }
}
