import Foundation
import Logging
import MessageBus
import Synchronization
import TestSupport
import Testing

@testable import RedisStreams

/// Redis is killed, frozen, emptied and cut off under the bus. Each test has a server of its own.
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

    /// Appends until told to stop; what was confirmed is what must not be lost.
    private static func produce(_ bus: any MessageBus, _ confirmed: Confirmed) -> Task<Void, Never> {
        Task {
            var number = 0
            while !Task.isCancelled {
                number += 1
                do {
                    let message = try BusContractStreamTests.message("n\(number)", id: "id-\(number)")
                    _ = try await bus.append(message, to: "EVENTS")
                    confirmed.add("events.n\(number)")
                } catch {
                    await Task.yield()
                }
            }
        }
    }

    private final class Confirmed: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0 } }
    }

    @Test func `killed connections come back and nothing is lost`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let (here, there) = (try await Self.open(cell), try await Self.open(cell))
            let probe = try await Self.work(there)
            let confirmed = Confirmed()
            let producer = Self.produce(here, confirmed)

            for round in 1...5 {
                try await eventually { confirmed.all.count > round * 50 }
                try await server.command("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "yes")
            }
            try await eventually { confirmed.all.count > 400 }
            producer.cancel()
            await producer.value

            let expected = Set(confirmed.all)
            try await eventually { expected.isSubset(of: Set(probe.values.map(\.message.subject.description))) }
        }
    }

    @Test func `after kill -9 and a restart nothing acknowledged is lost`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let (here, there) = (try await Self.open(cell), try await Self.open(cell))
            let confirmed = Confirmed()
            let producer = Self.produce(here, confirmed)
            try await eventually { confirmed.all.count > 200 }

            try await server.kill()
            try await eventually { await !here.isConnected() }
            try await server.startAgain()
            let before = confirmed.all.count
            try await eventually { confirmed.all.count > before + 100 }
            producer.cancel()
            await producer.value

            try await eventually { await there.isConnected() }
            let probe = try await Self.work(there)
            let expected = Set(confirmed.all)
            try await eventually { expected.isSubset(of: Set(probe.values.map(\.message.subject.description))) }
        }
    }

    @Test func `subscriptions, responders and followers resume after a restart`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let (here, there) = (try await Self.open(cell), try await Self.open(cell))
            let probe = BusProbe(try await there.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))
            let echo = try await BusContractCoreTests.serve(there, "echo.>") { $0 }
            let follow = BusProbe(try await there.follow("EVENTS", filters: [], from: .new))
            try await here.publish(BusMessage(subject: try Subject("news.one")))
            _ = try await probe.first(1)

            try await server.kill()
            try await server.startAgain()

            try await eventually {
                do {
                    let request = BusMessage(subject: try Subject("echo.v1"))
                    _ = try await here.request(request, timeout: .seconds(2))
                    return true
                } catch { return false }
            }
            try await here.publish(BusMessage(subject: try Subject("news.two")))
            let stored = try await here.append(try BusContractStreamTests.message("fact"), to: "EVENTS")
            try await eventually { probe.values.last?.subject.description == "news.two" }
            try await eventually { follow.values.last?.id == stored.id }
            echo.cancel()
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

    @Test func `an emptied server is taken up again`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let (here, there) = (try await Self.open(cell), try await Self.open(cell))
            let probe = try await Self.work(there)
            let news = BusProbe(try await there.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))
            let group = BusProbe(try await there.subscribe(to: SubjectFilter("news.>"), queueGroup: "g"))
            let echo = try await BusContractCoreTests.serve(there, "echo.>") { $0 }
            _ = try await here.append(try BusContractStreamTests.message("before"), to: "EVENTS")
            _ = try await probe.first(1)

            try await server.command("FLUSHALL")

            try await eventually {
                do {
                    let request = BusMessage(subject: try Subject("echo.v1"))
                    _ = try await here.request(request, timeout: .seconds(1))
                    return true
                } catch { return false }
            }
            _ = try await here.append(try BusContractStreamTests.message("after"), to: "EVENTS")
            try await here.publish(BusMessage(subject: try Subject("news.after")))
            try await eventually { probe.values.last?.message.subject.description == "events.after" }
            try await eventually { news.values.last?.subject.description == "news.after" }
            try await eventually { group.values.last?.subject.description == "news.after" }
            echo.cancel()
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

    @Test func `a silent server is noticed, and what was asked fails at its time`() async throws {
        let server = try await TestRedis.start()
        var configuration = BusContractCell.configuration(on: server)
        configuration.blockTime = .milliseconds(500)
        configuration.patience = .seconds(1)
        configuration.offlineGrace = .milliseconds(500)
        let bus = try RedisMessageBus(configuration: configuration, logger: Logger(label: "test"))
        let probe = BusProbe(try await bus.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))

        try server.freeze()
        let began = ContinuousClock.now
        try await eventually(within: .seconds(8)) { await !bus.isConnected() }
        #expect(ContinuousClock.now - began < .seconds(5))
        try server.thaw()

        try await eventually { await bus.isConnected() }
        try await eventually {
            do { try await bus.publish(BusMessage(subject: try Subject("news.x"))) } catch { return false }
            return !probe.values.isEmpty
        }
        await bus.drain(within: .milliseconds(300))
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

    @Test func `a message lost on its way to the consumer comes at once, uncounted`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let bus = try await Self.open(cell)
            let single = ConsumerConfiguration(stream: "EVENTS", durable: "worker", maximumInFlight: 1)
            let probe = BusProbe(try await bus.consume(single))
            _ = try await bus.append(try BusContractStreamTests.message("a"), to: "EVENTS")
            let held = try await probe.first(1)[0]
            let lost = try await bus.append(try BusContractStreamTests.message("b"), to: "EVENTS")

            // Given to this consumer and never seen by it, as when a connection breaks under the answer.
            let key = "nrs:{\(try #require(cell.configuration).cell)}:s:EVENTS:log"
            let group = ["XREADGROUP", "GROUP", "worker", bus.instance, "STREAMS", key, ">"]
            #expect(try await server.command(group).contains("\(lost.id)"))
            try await server.command("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "yes")
            try await eventually { await bus.isConnected() }
            #expect(try await held.ackSync())

            let seen = try await probe.first(2)
            #expect(seen[1].id == lost.id)
            #expect(seen[1].deliveries == 1)
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
