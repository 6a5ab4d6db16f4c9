import Foundation
import Logging
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// What the issue calls bad input: each piece gets a typed error or becomes a dead letter, and whoever reads goes on.
@Suite struct BadInputTests {
    /// A bus, and the start of its keys, on the server that all tests share.
    private func withBus(_ body: (any MessageBus, TestRedis, String) async throws -> Void) async throws {
        let server = try await TestRedis.sharedServer()
        try await BusContractCell.with(.redis) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
            try await body(bus, server, "nrs:{\(try #require(cell.configuration).cell)}:")
        }
    }

    private func code(_ body: () async throws -> Void) async -> BusError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? BusError)?.code
        }
    }

    private static let consumer = ConsumerConfiguration(stream: "EVENTS", durable: "worker")

    /// Acknowledges all it gets.
    private func work(_ bus: any MessageBus) async throws -> BusProbe<Delivery> {
        BusProbe(try await bus.consume(Self.consumer)) { delivery in delivery.ack() }
    }

    // MARK: - Refused before it is sent

    @Test(arguments: ["a{b", "a}b", "a:b", "{a}", "", "a b", "a\nb", "ä", "a*", String(repeating: "a", count: 201)])
    func `a name that would break a key is refused with its code`(name: String) async throws {
        try await withBus { bus, _, _ in
            let filter = try SubjectFilter("events.>")
            let stream = StreamConfiguration(name: name, subjects: filter, retention: .workQueue)
            let consumer = ConsumerConfiguration(stream: "EVENTS", durable: name)

            #expect(await code { try await bus.ensureStream(stream) } == .invalidSubject)
            #expect(await code { _ = try await bus.consume(consumer) } == .invalidSubject)
            #expect(await code { _ = try await bus.subscribe(to: filter, queueGroup: name) } == .invalidSubject)
            #expect(await code { _ = try await bus.acquireLease(name, timeToLive: .seconds(1)) } == .invalidSubject)
            #expect(
                await code {
                    _ = try await bus.append(try BusContractStreamTests.message("a"), to: name)
                } == .invalidSubject
            )
            #expect(await code { _ = try await bus.follow(name, filters: [], from: .new) } == .invalidSubject)
        }
    }

    @Test func `a body or headers over the limit are refused, and what is at the limit arrives`() async throws {
        try await withBus { bus, _, _ in
            let probe = BusProbe(try await bus.subscribe(to: SubjectFilter("events.>"), queueGroup: nil))
            let worker = try await work(bus)
            let subject = try Subject("events.big")
            let room = MessageHeaders.maximumBlockSize - (try MessageHeaders(["A": ""])).blockSize
            func message(_ body: Int, _ value: Int) throws -> BusMessage {
                let headers = try MessageHeaders(["A": String(repeating: "x", count: value)])
                return BusMessage(subject: subject, headers: headers, body: Array(repeating: 7, count: body))
            }

            for tooLarge in [try message(BusMessage.maximumBodySize + 1, 1), try message(1, room + 1)] {
                #expect(await code { try await bus.publish(tooLarge) } == .messageTooLarge)
                #expect(await code { _ = try await bus.append(tooLarge, to: "EVENTS") } == .messageTooLarge)
                #expect(
                    await code { _ = try await bus.request(tooLarge, timeout: .seconds(1)) } == .messageTooLarge
                )
            }
            let largest = try message(BusMessage.maximumBodySize, room)
            try await bus.publish(largest)
            _ = try await bus.append(largest, to: "EVENTS")

            #expect(try await probe.first(1).first == largest)
            #expect(try await worker.first(1).first?.message == largest)
        }
    }

    @Test func `the largest headers still have room for what the bus adds`() async throws {
        try await withBus { bus, server, prefix in
            let room = MessageHeaders.maximumBlockSize - (try MessageHeaders(["A": ""])).blockSize
            let headers = try MessageHeaders(["A": String(repeating: "x", count: room)])
            let message = BusMessage(subject: try Subject("events.big"), headers: headers)
            let echo = try await BusContractCoreTests.serve(bus, "echo.>") { request in
                BusMessage(subject: request.subject, body: Array("\(request.headers.blockSize)".utf8))
            }
            var request = message
            request.subject = try Subject("echo.big")

            let answer = try await bus.request(request, timeout: .seconds(10))
            #expect(Int(String(decoding: answer.body, as: UTF8.self)) ?? 0 > MessageHeaders.maximumBlockSize)
            let probe = BusProbe(try await bus.consume(Self.consumer)) { delivery in
                do { _ = try await delivery.term(reason: "no") } catch { Issue.record(error) }
            }
            _ = try await bus.append(message, to: "EVENTS")
            try await eventually { try await server.command("XLEN", prefix + "s:EVENTS:dlq") == "1" }

            let dead = try await (bus as? RedisMessageBus)?.deadLetters(of: "EVENTS", after: .zero, limit: 100) ?? []
            #expect(dead.first?.message.headers["A"] == headers["A"])
            #expect(dead.first?.message.headers[MessageHeaders.Name.deadReason] == "no")
            probe.cancel()
            echo.cancel()
        }
    }

    // MARK: - Foreign and truncated entries

    /// Entries that no publisher of ours wrote, by what is wrong with them.
    private static let foreign: [(what: String, fields: [String])] = [
        ("no field of ours", ["x", "1"]),
        ("no body", ["s", "events.a", "r", "", "h", ""]),
        ("no subject", ["r", "", "h", "", "d", "x"]),
        ("no headers", ["s", "events.a", "r", "", "d", "x"]),
        ("a malformed subject", ["s", "events..a", "r", "", "h", "", "d", "x"]),
        ("a subject with a brace", ["s", "events.{a}", "r", "", "h", "", "d", "x"]),
        ("a wildcard", ["s", "events.>", "r", "", "h", "", "d", "x"]),
        ("a subject with a line break", ["s", "events.a\r\nEvil: yes", "r", "", "h", "", "d", "x"]),
        ("a subject that is no ASCII", ["s", "events.ä", "r", "", "h", "", "d", "x"]),
        ("a malformed reply", ["s", "events.a", "r", "a b", "h", "", "d", "x"]),
        ("other headers", ["s", "events.a", "r", "", "h", "HTTP/1.1 200 OK\r\n\r\n", "d", "x"]),
        ("headers of a later version", ["s", "events.a", "r", "", "h", "NATS/2.0\r\nA: b\r\n\r\n", "d", "x"]),
        ("truncated headers", ["s", "events.a", "r", "", "h", "NATS/1.0\r\nA: b", "d", "x"]),
        ("a header without a colon", ["s", "events.a", "r", "", "h", "NATS/1.0\r\nA b\r\n\r\n", "d", "x"]),
        ("more behind the headers", ["s", "events.a", "r", "", "h", "NATS/1.0\r\n\r\nA: b\r\n\r\n", "d", "x"]),
    ]

    @Test func `every foreign entry becomes a dead letter that can be read, and the consumer goes on`() async throws {
        try await withBus { bus, server, prefix in
            let worker = try await work(bus)
            var ids: [String] = []
            for entry in Self.foreign {
                ids.append(try await server.command(["XADD", prefix + "s:EVENTS:log", "*"] + entry.fields))
            }
            // Bytes that are no text come from a script; a command line cannot carry them.
            let bytes =
                "return redis.call('XADD', KEYS[1], '*', 's', '\\255\\0.x', 'r', '', 'h', '\\255', 'd', '\\0\\255')"
            ids.append(try await server.command("EVAL", bytes, "1", prefix + "s:EVENTS:log"))
            let good = try await bus.append(try BusContractStreamTests.message("good"), to: "EVENTS")

            #expect(try await worker.first(1).map(\.id) == [good.id])
            try await eventually {
                try await server.command("XLEN", prefix + "s:EVENTS:dlq") == "\(ids.count)"
            }
            try await eventually("nothing pending") {
                try await server.command("XPENDING", prefix + "s:EVENTS:log", "worker").hasPrefix("0")
            }
            let dead = try await (bus as? RedisMessageBus)?.deadLetters(of: "EVENTS", after: .zero, limit: 100) ?? []
            let read = dead.map { $0.message.headers[MessageHeaders.Name.deadSequence] ?? "" }
            for (id, what) in zip(ids, Self.foreign.map(\.what) + ["bytes that are no text"]) {
                #expect(read.contains(id), "\(what): the dead letter cannot be read")
            }
            for letter in dead {
                let reason = letter.message.headers[MessageHeaders.Name.deadReason] ?? ""
                #expect(reason.hasPrefix("malformed"), "\(reason)")
                #expect(letter.message.headers["Evil"] == nil)
            }
        }
    }

    @Test func `an entry over the limit becomes a dead letter that can be read`() async throws {
        try await withBus { bus, server, prefix in
            let worker = try await work(bus)
            // A script writes it: it is larger than a command line.
            try await server.command(
                "EVAL",
                "return redis.call('XADD', KEYS[1], '*', 's', 'events.a', 'r', '', 'h', '', 'd', "
                    + "string.rep('x', \(BusMessage.maximumBodySize + 1)))",
                "1",
                prefix + "s:EVENTS:log"
            )
            let good = try await bus.append(try BusContractStreamTests.message("good"), to: "EVENTS")

            #expect(try await worker.first(1).map(\.id) == [good.id])
            try await eventually { try await server.command("XLEN", prefix + "s:EVENTS:dlq") == "1" }
            let dead = try await (bus as? RedisMessageBus)?.deadLetters(of: "EVENTS", after: .zero, limit: 100) ?? []
            #expect(dead.count == 1)
            #expect(dead.first?.message.body.count == BusMessage.maximumBodySize)
            #expect(dead.first?.message.headers[MessageHeaders.Name.deadSize] == "\(BusMessage.maximumBodySize + 1)")
        }
    }

    @Test func `fields of a later version are passed over`() async throws {
        try await withBus { bus, server, prefix in
            let worker = try await work(bus)
            let fields = ["v", "2", "s", "events.a", "r", "", "h", "", "d", "x", "trace", "1"]
            try await server.command(["XADD", prefix + "s:EVENTS:log", "*"] + fields)

            #expect(try await worker.first(1).first?.message.body == Array("x".utf8))
        }
    }

    @Test func `foreign entries of the core plane are counted and passed over`() async throws {
        try await withBus { bus, server, prefix in
            let filter = try SubjectFilter("events.>")
            let everyone = BusProbe(try await bus.subscribe(to: filter, queueGroup: nil))
            let group = BusProbe(try await bus.subscribe(to: filter, queueGroup: "workers"))
            let follower = BusProbe(try await bus.follow("EVENTS", filters: [], from: .new))
            let count = { (bus as? RedisMessageBus)?.statistics.snapshot[.foreignEntries] ?? 0 }

            for entry in Self.foreign {
                for key in ["c:events", "i:\(bus.instance)", "s:EVENTS:log"] {
                    try await server.command(["XADD", prefix + key, "*"] + entry.fields)
                }
            }
            try await bus.publish(try BusContractStreamTests.message("good"))
            _ = try await bus.append(try BusContractStreamTests.message("good"), to: "EVENTS")

            #expect(try await everyone.first(1).map(\.subject.description) == ["events.good"])
            #expect(try await group.first(1).map(\.subject.description) == ["events.good"])
            #expect(try await follower.first(1).map(\.message.subject.description) == ["events.good"])
            // By the subscriber, the group's member, the inbox and the follower.
            try await eventually { count() == 4 * Self.foreign.count }
            let echo = try await BusContractCoreTests.serve(bus, "echo.>") { $0 }
            let answer = try await bus.request(BusMessage(subject: try Subject("echo.a")), timeout: .seconds(10))
            #expect(answer.headers.status == nil)
            echo.cancel()
        }
    }

    // MARK: - Other versions and other types

    @Test(arguments: ["", "{", "[]", "null", "7", "{\"name\":\"LATER\"}", "{\"v\":2,\"subjects\":[\"a.b\"]}"])
    func `a declaration that cannot be read is refused with its code`(json: String) async throws {
        try await withBus { bus, server, prefix in
            try await server.command("HSET", prefix + "s:LATER:cfg", "v", json)
            let consumer = ConsumerConfiguration(stream: "LATER", durable: "worker")

            #expect(
                await code {
                    _ = try await bus.append(try BusContractStreamTests.message("a"), to: "LATER")
                } == .refused
            )
            #expect(await code { _ = try await bus.consume(consumer) } == .refused)
            #expect(await code { _ = try await bus.follow("LATER", filters: [], from: .new) } == .refused)
        }
    }

    @Test func `a declaration with members of a later version is read`() async throws {
        try await withBus { bus, server, prefix in
            let json = try await server.command("HGET", prefix + "s:EVENTS:cfg", "v")
            let later = json.dropLast() + ",\"laterMember\":{\"a\":[1]}}"
            try await server.command("HSET", prefix + "s:EVENTS:cfg", "v", String(later))
            let cell = String(prefix.dropFirst(5).dropLast(2))
            let other = try RedisMessageBus(
                configuration: RedisBusConfiguration(url: server.url, cell: cell, service: "test"),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )

            let receipt = try await other.append(try BusContractStreamTests.message("a"), to: "EVENTS")
            #expect(receipt.id > .zero)
            await other.drain(within: .milliseconds(100))
        }
    }

    @Test func `a key of another type is refused with its code`() async throws {
        try await withBus { bus, server, prefix in
            try await server.command("SET", prefix + "s:EVENTS:log", "not a stream")
            try await server.command("SET", prefix + "s:WRONG:cfg", "not a hash")

            #expect(
                await code {
                    _ = try await bus.append(try BusContractStreamTests.message("a"), to: "EVENTS")
                } == .refused
            )
            #expect(
                await code {
                    _ = try await bus.append(try BusContractStreamTests.message("a"), to: "WRONG")
                } == .refused
            )
            #expect(await code { _ = try await bus.consume(Self.consumer) } == .refused)
        }
    }

    @Test func `who says nonsense of what it listens to is nobody`() async throws {
        try await withBus { bus, server, prefix in
            let members = ["", "x", "a|b", "a|g|..", "a|g|{x}", "a|g|>.a", "|||", "a|g|\u{7F}"]
            let scores = members.flatMap { ["99999999999999", $0] }
            try await server.command(["ZADD", prefix + "p:echo"] + scores)

            #expect(
                await code {
                    _ = try await bus.request(BusMessage(subject: try Subject("echo.a")), timeout: .seconds(5))
                } == .noResponders
            )
        }
    }
}
