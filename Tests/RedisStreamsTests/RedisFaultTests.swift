import Foundation
import Logging
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// What a server may hold against the bus, one thing at a time; Tests/ChaosTests has the faults under load.
@Suite(.serialized) struct RedisFaultTests {
    private static let consumer = ConsumerConfiguration(
        stream: "EVENTS",
        durable: "worker",
        acknowledgeWait: .seconds(30)
    )

    private static func open(_ cell: BusContractCell) async throws -> any MessageBus {
        let bus = try cell.makeBus()
        try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
        return bus
    }

    /// Acknowledges all it gets.
    private static func work(_ bus: any MessageBus) async throws -> BusProbe<Delivery> {
        BusProbe(try await bus.consume(consumer)) { delivery in
            // Not settled means delivered again, which these tests expect.
            do { _ = try await delivery.ackSync() } catch {}
        }
    }

    @Test func `a bus without Redis starts, fails fast, and works once Redis is there`() async throws {
        let server = try await TestRedis.absent()
        try await BusContractCell.with(server) { cell in
            let bus = try cell.makeBus()
            #expect(await !bus.isConnected())
            let began = ContinuousClock.now

            let error = await #expect(throws: BusError.self) {
                try await bus.request(BusMessage(subject: try Subject("a.b")), timeout: .seconds(60))
            }
            #expect(error?.code == .unavailable)
            let quick = await #expect(throws: BusError.self) {
                try await bus.request(BusMessage(subject: try Subject("a.b")), timeout: .milliseconds(100))
            }
            #expect(quick.map { $0.code == .timeout || $0.code == .unavailable } == true)
            #expect(ContinuousClock.now - began < .seconds(10))

            try await server.startAgain()
            try await eventually { await bus.isConnected() }
            try await bus.ensureStream(try BusContractStreamTests.stream())
        }
    }

    @Test func `a server that forgot the scripts learns them again`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let bus = try await Self.open(cell)
            let probe = try await Self.work(bus)
            _ = try await bus.append(try BusContractStreamTests.message("a", id: "1"), to: "EVENTS")
            _ = try await probe.first(1)

            try await server.command("SCRIPT", "FLUSH")
            let receipt = try await bus.append(try BusContractStreamTests.message("b", id: "2"), to: "EVENTS")

            #expect(try await probe.first(2).map(\.id).last == receipt.id)
            #expect(try await bus.append(try BusContractStreamTests.message("b", id: "2"), to: "EVENTS").isDuplicate)
        }
    }

    @Test func `what a dead process held is delivered without waiting for the acknowledge wait`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let (dying, living) = (try await Self.open(cell), try await Self.open(cell))
            let taken = BusProbe(try await dying.consume(Self.consumer))
            _ = try await dying.append(try BusContractStreamTests.message("a"), to: "EVENTS")
            _ = try await taken.first(1)
            let other = BusProbe(try await living.consume(Self.consumer))
            let began = ContinuousClock.now

            // As far as others can see, a process dies by saying nothing any more.
            let bus = try #require(dying as? RedisMessageBus)
            bus.context.command.close()

            let seen = try await other.first(1)
            #expect(seen[0].deliveries == 2)
            #expect(ContinuousClock.now - began < .seconds(15))
        }
    }

    @Test func `foreign entries become dead letters and stop nobody`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let bus = try await Self.open(cell)
            let probe = try await Self.work(bus)
            let name = try #require(cell.configuration).cell

            for fields in [
                ["x", "1"], ["s", "a..b", "r", "", "h", "", "d", ""], ["s", "a.b", "h", "HTTP/1.1", "d", "x"],
            ] {
                let key = "nrs:{\(name)}:s:EVENTS:log"
                try await server.command(["XADD", key, "*"] + fields)
            }
            let good = try await bus.append(try BusContractStreamTests.message("good"), to: "EVENTS")

            #expect(try await probe.first(1).map(\.id) == [good.id])
            try await eventually {
                try await server.command("XLEN", "nrs:{\(name)}:s:EVENTS:dlq") == "3"
            }
        }
    }

    @Test func `a server that evicts keys is refused with a sentence`() async throws {
        let server = try await TestRedis.start(["--maxmemory-policy", "allkeys-lru"])
        var configuration = BusContractCell.configuration(on: server)
        configuration.offlineGrace = .milliseconds(300)
        let bus = try RedisMessageBus(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )

        let error = await #expect(throws: BusError.self) { try await bus.publish(BusMessage(subject: Subject("a.b"))) }

        #expect(error?.code == .refused)
        #expect(error?.message.contains("noeviction") == true)
        await bus.drain(within: .milliseconds(100))
    }

    @Test func `draining leaves no trace of the process`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let bus = try await Self.open(cell)
            let probe = try await Self.work(bus)
            let echo = try await BusContractCoreTests.serve(bus, "echo.>") { $0 }
            _ = try await bus.append(try BusContractStreamTests.message("a"), to: "EVENTS")
            _ = try await probe.first(1)

            await bus.drain(within: .seconds(5))

            let name = try #require(cell.configuration).cell
            #expect(probe.hasEnded || probe.values.count == 1)
            #expect(try await server.command("KEYS", "*\(bus.instance)*").isEmpty)
            #expect(try await server.command("ZCARD", "nrs:{\(name)}:live") == "0")
            #expect(try await server.command("XINFO", "CONSUMERS", "nrs:{\(name)}:s:EVENTS:log", "worker").isEmpty)
            echo.cancel()
        }
    }
}
