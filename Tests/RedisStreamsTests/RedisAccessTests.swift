import Logging
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// Who may log in, with which rights, and what a server must be set to.
@Suite(.serialized) struct RedisAccessTests {
    private static func makeBus(
        _ url: RedisURL,
        on server: TestRedis,
        _ change: (inout RedisBusConfiguration) -> Void = { _ in }
    ) throws -> RedisMessageBus {
        var configuration = BusContractCell.configuration(on: server)
        configuration.url = url
        configuration.cell = "acl"
        configuration.offlineGrace = .milliseconds(400)
        change(&configuration)
        return try RedisMessageBus(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func addUser(_ server: TestRedis, _ rights: [String], keys: String = "~nrs:{acl}:*") async throws {
        try await server.command(["ACL", "SETUSER", "bus", "reset", "on", ">p/ss"] + rights + [keys])
    }

    private static func url(_ server: TestRedis, user: String = "bus", password: String = "p/ss") -> RedisURL {
        RedisURL(server.url.address, user: user, password: password)
    }

    private static func refusal(by bus: RedisMessageBus) async -> BusError? {
        await #expect(throws: BusError.self) { try await bus.publish(BusMessage(subject: try Subject("a.b"))) }
    }

    /// Uses every part of the bus.
    private static func useAll(_ bus: RedisMessageBus) async throws {
        try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
        let consumer = ConsumerConfiguration(stream: "EVENTS", durable: "worker", maximumDeliveries: 2)
        let probe = BusProbe(try await bus.consume(consumer)) { delivery in
            do {
                if delivery.deliveries == 1 { _ = try await delivery.nak(delay: .milliseconds(1)) }
                _ = try await delivery.inProgress()
                _ = try await delivery.term(reason: "enough")
            } catch {}
        }
        let follow = BusProbe(try await bus.follow("EVENTS", filters: [], from: .new))
        let news = BusProbe(try await bus.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))
        let group = BusProbe(try await bus.subscribe(to: SubjectFilter("news.>"), queueGroup: "g"))
        _ = try await bus.append(try BusContractStreamTests.message("a", id: "1"), to: "EVENTS")
        try await bus.publish(BusMessage(subject: try Subject("news.one")))
        _ = try await probe.first(2)
        _ = try await follow.first(1)
        _ = try await news.first(1)
        _ = try await group.first(1)
        let echo = try await BusContractCoreTests.serve(bus, "echo.>") { $0 }
        _ = try await bus.request(BusMessage(subject: try Subject("echo.v1")), timeout: .seconds(5))
        _ = try await bus.deadLetters(of: "EVENTS", after: .zero, limit: 10)
        group.cancel()
        echo.cancel()
        await bus.drain(within: .seconds(2))
    }

    @Test func `a user with the documented rights can do all the bus does`() async throws {
        let server = try await TestRedis.start()
        try await Self.addUser(server, TestRedis.rights)
        try await Self.useAll(try Self.makeBus(Self.url(server), on: server))

        // CONFIG GET would show a replica's password, so it is not asked for; only a warning depends on it.
        let denied = try await server.command("ACL", "LOG").split(separator: "\n").map(String.init)
        let objects = zip(denied, denied.dropFirst()).filter { $0.0 == "object" }.map(\.1)
        #expect(objects.allSatisfy { $0 == "config|get" }, "\(objects)")
    }

    @Test(arguments: ["+ping", "+evalsha", "+client|id", "+@stream", "+@sortedset"])
    func `a user without a right the bus needs is refused with the server's words`(right: String) async throws {
        let server = try await TestRedis.start()
        try await Self.addUser(server, TestRedis.rights.filter { $0 != right })
        let bus = try Self.makeBus(Self.url(server), on: server)

        let error = await #expect(throws: BusError.self) {
            try await bus.subscribe(to: SubjectFilter("a.>"), queueGroup: "g")
        }
        #expect(error?.code == .refused)
        let words = ["NOPERM", "The user executing the script can't"]
        #expect(words.contains { error?.message.contains($0) == true }, "\(error?.message ?? "")")
        await bus.drain(within: .milliseconds(100))
    }

    @Test func `a user without rights on the cell's keys is refused`() async throws {
        let server = try await TestRedis.start()
        try await Self.addUser(server, TestRedis.rights, keys: "~nrs:{other}:*")
        let bus = try Self.makeBus(Self.url(server), on: server)

        // Waits for Redis's answer, which a publish does only while there is no connection yet.
        let error = await #expect(throws: BusError.self) {
            try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
        }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("NOPERM") == true, "\(error?.message ?? "")")
        await bus.drain(within: .milliseconds(100))
    }

    @Test func `a wrong password is refused, asked again slowly, and taken once it is right`() async throws {
        let server = try await TestRedis.start()
        try await Self.addUser(server, TestRedis.rights)
        let bus = try Self.makeBus(Self.url(server, password: "wrong"), on: server)

        let error = await Self.refusal(by: bus)
        #expect(error?.code == .refused)
        #expect(error?.message.contains("WRONGPASS") == true)
        // One attempt for each of its two connections, not hundreds: the log counts those of one kind together.
        let log = try await server.command("ACL", "LOG").split(separator: "\n").map(String.init)
        let counts = zip(log, log.dropFirst()).filter { $0.0 == "count" }.compactMap { Int($0.1) }
        #expect((1...4).contains(counts.reduce(0, +)), "\(log)")

        try await server.command("ACL", "SETUSER", "bus", ">wrong")
        try await eventually(within: .seconds(10)) { await bus.isConnected() }
        try await bus.publish(BusMessage(subject: try Subject("a.b")))
        await bus.drain(within: .milliseconds(100))
    }

    @Test func `the settings' text logs in over TCP and over a socket`() async throws {
        let port = try FreePort.next()
        let server = try await TestRedis.start(["--port", "\(port)", "--bind", "127.0.0.1"])
        try await Self.addUser(server, TestRedis.rights + ["+select"])
        guard case .unix(let path) = server.url.address else { return }
        for text in ["redis://bus:p%2Fss@127.0.0.1:\(port)/2", "unix://bus:p%2Fss@\(path)?db=2"] {
            let bus = try Self.makeBus(try RedisURL(text), on: server)
            try await bus.publish(BusMessage(subject: try Subject("a.b")))
            await bus.drain(within: .milliseconds(100))
        }
        #expect(try await server.command("-n", "2", "XLEN", "nrs:{acl}:c:a") == "2")
        #expect(try await server.command("DBSIZE") == "0")
    }

    @Test func `an eviction policy set while the bus runs is found when it connects again`() async throws {
        let server = try await TestRedis.start()
        let bus = try Self.makeBus(server.url, on: server)
        try await bus.publish(BusMessage(subject: try Subject("a.b")))

        try await server.command("CONFIG", "SET", "maxmemory-policy", "volatile-ttl")
        try await server.command("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "yes")
        var error: BusError?
        try await eventually {
            do {
                try await bus.publish(BusMessage(subject: try Subject("a.b")))
                return false
            } catch let failure as BusError {
                error = failure
                return failure.code == .refused
            }
        }
        #expect(error?.message.contains("maxmemory-policy volatile-ttl") == true, "\(error?.message ?? "")")

        try await server.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        try await eventually(within: .seconds(10)) { await bus.isConnected() }
        await bus.drain(within: .milliseconds(100))
    }

    @Test func `a replica is refused, and used once it is a master`() async throws {
        let port = try FreePort.next()
        let master = try await TestRedis.start(["--port", "\(port)", "--bind", "127.0.0.1"])
        let replica = try await TestRedis.start(["--replicaof", "127.0.0.1 \(port)"])
        let bus = try Self.makeBus(replica.url, on: replica)

        #expect(await Self.refusal(by: bus)?.message.contains("replica") == true)
        try await replica.command("REPLICAOF", "NO", "ONE")
        try await eventually { await bus.isConnected() }
        try await bus.publish(BusMessage(subject: try Subject("a.b")))
        await bus.drain(within: .milliseconds(100))
        _ = master
    }

    @Test func `a second process with the same instance id is refused until the first is gone`() async throws {
        let server = try await TestRedis.start()
        let first = try Self.makeBus(server.url, on: server) { $0.instance = "tool-1" }
        #expect(first.instance == "tool-1")
        try await first.publish(BusMessage(subject: try Subject("a.b")))

        let second = try Self.makeBus(server.url, on: server) { $0.instance = "tool-1" }
        let other = try Self.makeBus(server.url, on: server) { $0.instance = "tool-2" }
        let error = await Self.refusal(by: second)
        #expect(error?.code == .refused)
        #expect(error?.message.contains("another process lives with the instance id tool-1") == true)
        try await other.publish(BusMessage(subject: try Subject("a.b")))

        // It comes back with its own id after a break.
        try await server.command("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "yes")
        try await eventually { await first.isConnected() }
        #expect(await !second.isConnected())

        await first.drain(within: .milliseconds(100))
        try await eventually { await second.isConnected() }
        try await second.publish(BusMessage(subject: try Subject("a.b")))
        await second.drain(within: .milliseconds(100))
        await other.drain(within: .milliseconds(100))
        #expect(try await server.command("KEYS", "nrs:{acl}:o:*").isEmpty)
    }

    @Test(arguments: ["", "a b", "a.b", "a:b", "a{b", "a|b", "ü", String(repeating: "x", count: 33)])
    func `an instance id that would break a key or a subject is refused`(instance: String) async throws {
        let server = try await TestRedis.sharedServer()
        #expect(throws: BusError.self) { try Self.makeBus(server.url, on: server) { $0.instance = instance } }
    }
}
