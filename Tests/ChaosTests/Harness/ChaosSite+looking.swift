import MessageBus
import TestSupport

@testable import RedisStreams

/// What lies on the server, looked at past the proxy.
extension ChaosSite {
    @discardableResult
    func command(_ parts: String...) async throws -> RESPValue { try await redis.execute(RedisCommand(parts)) }

    func key(_ rest: String) -> String { "nrs:{\(configuration.cell)}:\(rest)" }

    var logKey: String { key("s:CHAOS:log") }

    /// Messages in the stream.
    func length(_ stream: String = "CHAOS") async throws -> Int {
        Int(try await command("XLEN", key("s:\(stream):log")).number ?? -1)
    }

    func deadLetters(_ stream: String = "CHAOS") async throws -> Int {
        Int(try await command("XLEN", key("s:\(stream):dlq")).number ?? -1)
    }

    func pending(_ durable: String = "worker", stream: String = "CHAOS") async throws -> [Oracle.Pending] {
        try await command("XPENDING", key("s:\(stream):log"), durable, "-", "+", "10000").elements.compactMap { entry in
            let parts = entry.elements
            guard parts.count == 4, let id = parts[0].text, let consumer = parts[1].text,
                let idle = parts[2].number, let deliveries = parts[3].number
            else { return nil }
            return Oracle.Pending(id: id, consumer: consumer, idle: .milliseconds(idle), deliveries: Int(deliveries))
        }
    }

    /// Everything that stays on the server by itself.
    func footprint() async throws -> Footprint {
        var footprint = Footprint()
        for key in try await command("KEYS", key("*")).elements.compactMap(\.text) {
            guard try await command("TTL", key).number == -1 else { continue }
            footprint.lasting.insert("key \(key)")
            let kind = try await command("TYPE", key).text
            if kind == "zset" {
                for member in try await command("ZRANGE", key, "0", "-1").elements.compactMap(\.text) {
                    footprint.lasting.insert("member \(member) of \(key)")
                }
            }
            guard kind == "stream" else { continue }
            for group in try await command("XINFO", "GROUPS", key).elements.compactMap({ $0.fields["name"]?.text }) {
                let consumers = try await command("XINFO", "CONSUMERS", key, group).elements
                for name in consumers.compactMap({ $0.fields["name"]?.text }) where name != "_" {
                    footprint.lasting.insert("consumer \(name) of \(group) on \(key)")
                }
            }
        }
        return footprint
    }

    /// Waits until nothing is in a work queue any more, neither waiting nor pending.
    func drained(within limit: Duration = .seconds(15)) async throws {
        try await eventually("the end of the work", within: limit) {
            let left = try await length()
            let pending = try await pending()
            return left == 0 && pending.isEmpty
        }
    }

    /// Appends past the proxy and past the bus, as another process would.
    func add(_ body: String) async throws {
        try await command("XADD", logKey, "*", "s", "chaos.p", "r", "", "h", "", "d", body)
    }

    /// How often the server has refused a command before running it.
    func refusals(of command: String) async throws -> Int {
        let text = try await self.command("INFO", "commandstats").text ?? ""
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):") }
        return line?.firstMatch(of: /rejected_calls=([0-9]+)/).flatMap { Int($0.output.1) } ?? 0
    }

    /// A figure of `INFO`.
    func info(_ section: String, _ name: String) async throws -> Int? {
        let text = try await command("INFO", section).text ?? ""
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) }
    }
}
