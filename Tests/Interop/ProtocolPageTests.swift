import Foundation
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// PROTOCOL.md says what the code does: its scripts, keys, numbers and rights are compared with it.
@Suite struct ProtocolPageTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Shared/MessageBus/PROTOCOL.md").standardized

    private static func page() throws -> String { try String(contentsOf: file, encoding: .utf8) }

    /// The Lua blocks of the page, by their first lines.
    private static func blocks(of page: String) -> [(title: String, source: String)] {
        page.components(separatedBy: "\n```lua\n").dropFirst().map { part in
            let source = part.components(separatedBy: "\n```").first ?? ""
            return (title: String(source.prefix { $0 != "\n" }), source: source)
        }
    }

    private static func title(_ script: RedisScript) -> String { String(script.source.prefix { $0 != "\n" }) }

    /// `PROTOCOL_PAGE=write` puts the running scripts into the page; what surrounds them is for a person to write.
    @Test func `the scripts of the page are those that run`() throws {
        if ProcessInfo.processInfo.environment["PROTOCOL_PAGE"] == "write" { try Self.write() }
        let blocks = Self.blocks(of: try Self.page())
        #expect(Set(blocks.map(\.title)).count == blocks.count, "a script stands in the page twice")
        for script in RedisScript.all {
            let title = Self.title(script)
            let block = blocks.first { $0.title == title }
            #expect(block != nil, "the page lacks \(title): PROTOCOL_PAGE=write, then describe it")
            #expect(block?.source == script.source, "\(title) differs: a new version? then PROTOCOL_PAGE=write")
        }
        let running = Set(RedisScript.all.map(Self.title))
        for block in blocks { #expect(running.contains(block.title), "\(block.title) does not run any more") }
    }

    @Test func `every script is loaded and shown`() throws {
        let folder = Self.file.appending(path: "../../RedisStreams/Scripts").standardized
        var written: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let source = try String(contentsOf: file, encoding: .utf8)
            for match in source.matches(of: /-- nrs\.[^ \n]+\.[0-9]+/) { written.insert(String(match.output)) }
        }
        #expect(written == Set(RedisScript.all.map(Self.title)))
    }

    @Test func `the page explains every script it shows`() throws {
        let page = try Self.page()
        let text = page.components(separatedBy: "\n```lua\n")[0]
        for script in RedisScript.all {
            let name = Self.title(script).dropFirst(3).split(separator: ".").dropLast().joined(separator: ".")
            #expect(text.contains("`\(name)`") || text.contains("EVALSHA \(name)"), "\(name) is not explained")
        }
    }

    /// Section 23 ends the page: all scripts, in the order they are loaded in.
    private static func write() throws {
        let page = try page()
        let text = page.components(separatedBy: "\n```lua\n")[0]
        let blocks = RedisScript.all.map { "\n```lua\n\($0.source)\n```\n" }
        try (text + blocks.joined()).write(to: file, atomically: true, encoding: .utf8)
    }

    @Test func `the keys of the page are those in use`() throws {
        let page = try Self.page()
        let keys = try BusKeys(cell: "CELL")
        let buckets = ["cfg", "h", "hist", "exp", "log"].map { keys.keyValue("<bucket>", $0) }
        let used: [[UInt8]] = [
            keys.core("<token>"), keys.inbox("<instance>"), keys.wake("<instance>"), keys.live,
            keys.interest("<token>"), keys.info("<instance>"), keys.configuration("<stream>"), keys.log("<stream>"),
            keys.due("<stream>", "<durable>"), keys.deadLetters("<stream>"),
            keys.lease("<name>"), keys.streams, keys.tokens, keys.schedule, keys.scheduledMessages, keys.scheduleDone,
            keys.buckets, keys.durable("<stream>", "<durable>"), keys.claim("<instance>"),
            keys.rate("<name>"),
        ]
        for key in used + buckets + keys.duplicates("<stream>") {
            let text = String(decoding: key, as: UTF8.self).replacing("CELL", with: "cell")
            #expect(
                page.contains(try Regex("\n\\|[^|]*`\(NSRegularExpression.escapedPattern(for: text))`[^|]*\\|")),
                "\(text) is not in the table of keys"
            )
        }
    }

    @Test func `the numbers of the page are the defaults`() throws {
        let page = try Self.page()
        let consumer = ConsumerConfiguration(stream: "s", durable: "d")
        let stream = StreamConfiguration(name: "s", subjects: try SubjectFilter("s"), retention: .workQueue)
        let bus = RedisBusConfiguration(url: RedisURL(.unix(path: "/s")), cell: "c", service: "s")
        func seconds(_ duration: Duration) -> String { "\(duration / .seconds(1))".replacing(/\.0$/, with: "") }
        let rows = [
            "body | ≤ \(BusMessage.maximumBodySize >> 20) MiB",
            "heartbeat; presence time | \(seconds(bus.heartbeat)) s; \(seconds(bus.presence)) s",
            "messages held by one member of a durable | \(consumer.maximumInFlight)",
            "acknowledge wait | \(seconds(consumer.acknowledgeWait)) s",
            "maximum deliveries | \(consumer.maximumDeliveries): for ever",
            "duplicate window | \(seconds(stream.duplicateWindow)) s",
            "sweep of a group | every \(seconds(bus.sweepInterval)) s ± 50 %",
            "redelivery look | every \(bus.reclaimInterval.milliseconds) ms ± 20 %",
        ]
        for row in rows { #expect(page.contains("\n| \(row) |"), "\(row)") }
        #expect(page.contains("`MAXLEN ~ \(bus.coreLogLength)`"))
        #expect(page.contains("BLOCK \(bus.blockTime.milliseconds)"))
    }

    @Test func `the rights of the page are enough, and end at the cell`() async throws {
        let server = try await TestRedis.sharedServer()
        let page = try Self.page()
        let line = try #require(page.firstMatch(of: /\nACL SETUSER <service> (on .*)\n/)).1
        let words = line.split(separator: " ").map(String.init)
        #expect(Set(words) == Set(TestRedis.rights + ["on", "><password>", "~nrs:{<cell>}:*"]))
        var configuration = BusContractCell.configuration(on: server)
        let name = "user-\(configuration.cell)"
        let rules = words.map {
            $0.replacing("<password>", with: "secret").replacing("<cell>", with: configuration.cell)
        }
        try await server.command(["ACL", "SETUSER", name] + rules)
        configuration.url = RedisURL(server.url.address, user: name, password: "secret")
        try await PythonPeer.with(configuration) { peer in
            try await peer.run(
                PeerCommand("declare", stream: "ORDERS") { ($0.filter, $0.retention) = ("orders.>", "workQueue") }
            )
            try await peer.run(InteropWorld.consume())
            try await peer.run(PeerCommand("respond") { ($0.name, $0.filter, $0.group) = ("echo", "echo.>", "q") })
            let order = try InteropWorld.message("orders.new", "", [MessageHeaders.Name.messageID: "1"])
            try await peer.run(PeerCommand("append", order, stream: "ORDERS"))
            let delivery = try await peer.first(1, of: "work")[0]
            try await peer.run(PeerCommand("progress") { $0.delivery = delivery.delivery })
            try await peer.run(PeerCommand("nak") { $0.delivery = delivery.delivery })
            let again = try await peer.first(2, of: "work")[1]
            let term = PeerCommand("term") { ($0.delivery, $0.reason) = (again.delivery, "enough") }
            #expect(try await peer.run(term).held == true)
            try await peer.run(PeerCommand("request", try InteropWorld.message("echo.x", "")) { $0.timeout = 10 })
        }
        let asked = ["--user", name, "--pass", "secret", "--no-auth-warning"]
        for command in [["FLUSHALL"], ["CONFIG", "GET", "*"], ["GET", "nrs:{other}:l:x"], ["KEYS", "*"]] {
            let answer = try await server.command(asked + command)
            #expect(answer.contains("NOPERM"), "\(command): \(answer)")
        }
        try await server.command(["ACL", "DELUSER", name])
    }
}
