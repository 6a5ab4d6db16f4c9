import Logging
import MessageBus
import Synchronization
import TestSupport
import Testing

@testable import RedisStreams

/// The bus follows the master through real failovers: one asked for, with the old master alive, and one by a kill.
@Suite struct RedisSentinelTests {
    private final class Confirmed: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0 } }
    }

    private static func makeBus(_ url: RedisURL) throws -> RedisMessageBus {
        var configuration = RedisBusConfiguration(url: url, cell: "sentinel", service: "test")
        configuration.heartbeat = .milliseconds(300)
        configuration.presence = .milliseconds(1_500)
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return try RedisMessageBus(configuration: configuration, logger: logger)
    }

    /// Appends under message ids until cancelled; a message that failed is tried again under its id.
    private static func produce(_ bus: RedisMessageBus, _ confirmed: Confirmed) -> Task<Void, Never> {
        Task {
            var number = 0
            while !Task.isCancelled {
                do {
                    let message = try BusContractStreamTests.message("n\(number)", id: "id-\(number)")
                    _ = try await bus.append(message, to: "EVENTS")
                    confirmed.add("events.n\(number)")
                    number += 1
                    try await Task.sleep(for: .milliseconds(1))
                } catch {
                    await Task.yield()
                }
            }
        }
    }

    @Test func `the bus follows the master, and what the new one confirmed is delivered`() async throws {
        let sentinels = try await TestSentinels()
        let (here, there) = (try Self.makeBus(try sentinels.url), try Self.makeBus(try sentinels.url))
        try await here.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
        let consumer = ConsumerConfiguration(stream: "EVENTS", durable: "worker", acknowledgeWait: .seconds(2))
        let probe = BusProbe(try await there.consume(consumer)) { delivery in
            // Not settled means delivered again.
            do { _ = try await delivery.ackSync() } catch {}
        }
        let confirmed = Confirmed()
        let producer = Self.produce(here, confirmed)
        try await eventually { confirmed.all.count > 100 }

        // The old master lives on as a replica: nobody may keep working with it.
        var old = try await sentinels.roles().master
        try await sentinels.failOver()
        try await eventually("the failover") { try await sentinels.roles().master !== old }
        try await eventually("the old master's new role") {
            try await old.command("ROLE").hasPrefix("slave")
        }
        var before = confirmed.all.count
        try await eventually("confirmations by the new master") { confirmed.all.count > before + 100 }
        #expect(try await old.command("CLIENT", "LIST", "TYPE", "normal").contains("name=nrs/test") == false)

        old = try await sentinels.roles().master
        try await eventually("the replica's copy") {
            try await sentinels.roles().other.command("INFO", "replication").contains("master_link_status:up")
        }
        try await old.kill()
        before = confirmed.all.count
        try await eventually("the second failover", within: .seconds(20)) {
            try await sentinels.roles().master !== old
        }
        try await eventually("confirmations after the kill") { confirmed.all.count > before + 100 }
        producer.cancel()
        await producer.value

        let expected = Set(confirmed.all.dropFirst(before))
        #expect(expected.count > 100)
        try await eventually("all that was confirmed since") {
            expected.isSubset(of: probe.values.map(\.message.subject.description))
        }
        #expect((there.statistics.snapshot[.groupsRecreated] ?? 0) < 5)
        await here.drain(within: .seconds(1))
        await there.drain(within: .seconds(1))
    }

    @Test func `a master that no Sentinel knows is refused with its name`() async throws {
        let port = try FreePort.next()
        let lonely = try await TestRedis.start(["--port", "\(port)", "--bind", "127.0.0.1"])
        let place = RedisURL.Endpoint(host: "127.0.0.1", port: port)
        var configuration = BusContractCell.configuration(on: lonely)
        configuration.url = RedisURL(.sentinels([place], master: "nobody"))
        configuration.offlineGrace = .milliseconds(300)
        let bus = try RedisMessageBus(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )

        // A Redis that is no Sentinel does not know the question either.
        let error = await #expect(throws: BusError.self) {
            try await bus.publish(BusMessage(subject: try Subject("a.b")))
        }
        #expect(error?.message.contains("Sentinel: ") == true, "\(error?.message ?? "")")
        await bus.drain(within: .milliseconds(100))
    }
}
