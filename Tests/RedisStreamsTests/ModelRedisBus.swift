import Logging
import MessageBus
import TestSupport

@testable import RedisStreams

/// The Redis bus under the model: its own scripts, sent as its consumers send them.
///
/// Redis' clock cannot be moved, so what it is compared with is moved the other way: how long ago a message was taken and
/// when it is due.
final class ModelRedisBus: ModelBus {
    let knowsDeath = true
    let uncountsReleased = true
    private let settings: ModelSettings
    private let connection: RedisConnection
    private let keys: BusKeys
    private let log: BusKeys.Key
    private let due: BusKeys.Key
    private let dead: BusKeys.Key

    init(_ settings: ModelSettings, on server: TestRedis, cell: String) async throws {
        self.settings = settings
        keys = try BusKeys(cell: cell)
        (log, due, dead) = (keys.log("MODEL"), keys.due("MODEL", "worker"), keys.deadLetters("MODEL"))
        let configuration = RedisConnectionConfiguration(url: server.url, name: "model")
        connection = RedisConnection(configuration: configuration, logger: Logger(label: "test"))
        _ = try await connection.run(
            .createConsumer,
            keys: [log, keys.durable("MODEL", "worker"), due],
            ["worker", "{}", "0-0"]
        )
    }

    deinit { connection.close() }

    private var workQueue: String { settings.isWorkQueue ? "1" : "0" }

    private static func name(_ member: Int) -> String { "m\(member)" }

    func append(messageID: String?) async throws -> (id: StreamID, isDuplicate: Bool) {
        let answer = try await connection.run(
            .append,
            keys: [log] + keys.duplicates("MODEL"),
            ["1000000000", "0", messageID ?? "", "", "events.m", "", "", "m"]
        ).elements
        return (try Self.id(answer.first), answer.last?.number == 1)
    }

    func take(_ member: Int, _ count: Int) async throws -> (again: [ModelDelivery], new: [ModelDelivery]) {
        _ = try await connection.execute(
            RedisCommand("ZADD", Self.text(keys.live), "9000000000000", Self.name(member))
        )
        // Who has lived long enough to judge who is dead.
        _ = try await connection.execute(
            RedisCommand("HSET", Self.text(keys.info(Self.name(member))), "since", "0")
        )
        var again: [ModelDelivery] = []
        while again.count < count {
            let waits = [1, 2].map { String(settings.consumer.silence(deliveries: $0).milliseconds) }
            let answer = try await connection.run(
                .reclaim,
                keys: [log, due, dead, keys.live, keys.info(Self.name(member))],
                ["worker", Self.name(member), "\(count - again.count)", "\(settings.maximumDeliveries)", workQueue]
                    + ["MODEL", "5000"] + waits
            ).elements
            let (found, left) = (try Self.part(0, answer).elements, try Self.part(1, answer).number)
            for entry in found.map(\.elements) {
                let deliveries = Int(try Self.part(1, entry).number ?? 0)
                again.append(.init(id: try Self.id(entry.first), member: member, deliveries: deliveries))
            }
            if found.isEmpty, left == 0 { break }
        }
        let new = try await takeNew(member, count - again.count)
        return (again, new.map { ModelDelivery(id: $0, member: member, deliveries: 1) })
    }

    private func takeNew(_ member: Int, _ count: Int) async throws -> [StreamID] {
        guard count > 0 else { return [] }
        var read: RESPValue
        if let limit = settings.limit {
            let arguments = ["worker", Self.name(member), "\(count)", "\(limit)"]
            read = try Self.part(2, try await connection.run(.fetch, keys: [log, due], arguments).elements)
        } else {
            let group = ["XREADGROUP", "GROUP", "worker", Self.name(member), "COUNT", "\(count)"]
            read = try await connection.execute(RedisCommand(group + ["STREAMS", Self.text(log), ">"]))
        }
        guard let stream = read.elements.first else { return [] }
        return try Self.part(1, stream.elements).elements.map { try Self.id($0.elements.first) }
    }

    func settle(_ delivery: ModelDelivery, _ how: ModelOperation.Settling) async throws -> Int? {
        let (member, id, count) = (Self.name(delivery.member), "\(delivery.id)", "\(delivery.deliveries)")
        switch how {
        case .ack:
            let flags = try await connection.run(.acknowledge, keys: [log, due], ["worker", workQueue, id])
            return flags.text.flatMap { Int($0) }
        case .ackSilently:
            if settings.isWorkQueue {
                _ = try await connection.run(.acknowledgeAndDelete, keys: [log, due], ["worker", "1", id])
            } else {
                _ = try await connection.execute(RedisCommand("XACK", Self.text(log), "worker", id))
            }
            return nil
        case .ackAll:
            return try await answer(.acknowledgeAll, [log, due], ["worker", id, "500", workQueue])
        case .nak(let steps):
            let delay = "\(ModelSettings.delay(steps))"
            return try await answer(.negativeAcknowledge, [log, due], ["worker", member, id, delay, count])
        case .term:
            let arguments = ["worker", member, id, count, workQueue, "MODEL", "enough"]
            return try await answer(.terminate, [log, due, dead], arguments)
        case .inProgress:
            let flags = try await connection.run(.inProgress, keys: [log], ["worker", member, id, count])
            return flags.elements.first?.number.map { Int($0) }
        }
    }

    private func answer(_ script: RedisScript, _ keys: [BusKeys.Key], _ arguments: [String]) async throws -> Int? {
        try await connection.run(script, keys: keys, arguments).number.map { Int($0) }
    }

    func kill(_ member: Int) async throws {
        _ = try await connection.execute(RedisCommand("ZREM", Self.text(keys.live), Self.name(member)))
    }

    func drain(_ member: Int) async throws -> Bool {
        let name = Self.name(member)
        let page = RedisCommand("XPENDING", Self.text(log), "worker", "-", "+", "500", name)
        let held = try await connection.execute(page).elements.compactMap { $0.elements.first?.text }
        if !held.isEmpty { _ = try await answer(.release, [log, due], ["worker", name] + held) }
        try await kill(member)
        return try await answer(.deleteConsumer, [log], ["worker", name]) == 1
    }

    func redrive(_ deadLetter: StreamID) async throws -> StreamID {
        try Self.id(try await connection.run(.redrive, keys: [log, dead], ["\(deadLetter)"]))
    }

    private static let shift = RedisScript(
        """
        -- test.shift.1
        for _, p in ipairs(redis.call('XPENDING', KEYS[1], 'worker', '-', '+', 100000)) do
          redis.call('XCLAIM', KEYS[1], 'worker', p[2], 0, p[1], 'IDLE', p[3] + ARGV[1], 'RETRYCOUNT', p[4], 'JUSTID')
        end
        for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do redis.call('ZINCRBY', KEYS[2], -ARGV[1], id) end
        return 1
        """
    )

    func advance(milliseconds: Int) async throws {
        _ = try await connection.run(Self.shift, keys: [log, due], ["\(milliseconds)"])
    }

    private static let look = RedisScript(
        """
        -- test.look.1
        local ids = {}
        for i, e in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do ids[i] = e[1] end
        local dead = {}
        for i, e in ipairs(redis.call('XRANGE', KEYS[2], '-', '+')) do dead[i] = {e[1], e[2][6]} end
        return {ids, redis.call('XPENDING', KEYS[1], 'worker', '-', '+', 100000), dead}
        """
    )

    func audit() async throws -> ModelAudit {
        let all = try await connection.run(Self.look, keys: [log, dead]).elements
        var audit = ModelAudit()
        audit.log = try Self.part(0, all).elements.map { try Self.id($0) }
        for entry in try Self.part(1, all).elements.map(\.elements) {
            let member = try Self.part(1, entry).text.flatMap { Int($0.dropFirst()) }
            let deliveries = Int(try Self.part(3, entry).number ?? -1)
            audit.pending[try Self.id(entry.first)] = .init(member: member, deliveries: deliveries)
        }
        for entry in try Self.part(2, all).elements.map(\.elements) {
            let headers = try MessageHeaders(block: Array((try Self.part(1, entry).text ?? "").utf8))
            audit.dead[try Self.id(entry.first)] = ModelAudit.DeadLetter(headers)
        }
        return audit
    }

    /// A part of an answer; an answer without it ends this run only.
    private static func part(_ index: Int, _ answer: [RESPValue]) throws -> RESPValue {
        guard answer.indices.contains(index) else {
            throw ModelState.Mismatch(description: "no part \(index): \(answer)")
        }
        return answer[index]
    }

    private static func id(_ value: RESPValue?) throws -> StreamID {
        guard let id = value?.text.flatMap({ StreamID($0) }) else {
            throw ModelState.Mismatch(description: "no id: \(String(describing: value))")
        }
        return id
    }

    private static func text(_ key: BusKeys.Key) -> String { String(decoding: key, as: UTF8.self) }
}
