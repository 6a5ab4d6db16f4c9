import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

@Suite struct BusContractScheduleTests {
    private static let stream = StreamConfiguration(
        name: "later",
        subjects: SubjectFilter(trusted: "later.>"),
        retention: .limits(maximumMessages: 10_000)
    )

    private static func scheduling(_ bus: any MessageBus) throws -> any MessageScheduling {
        try #require(bus as? any MessageScheduling)
    }

    private static func message(_ text: String) throws -> BusMessage {
        BusMessage(
            subject: try Subject("later.\(text)"),
            headers: try MessageHeaders(["Plain": "value"]),
            body: Array(0...255)
        )
    }

    @Test(arguments: BusKind.allCases)
    func `messages are appended at their times, in the order of these`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            try await here.ensureStream(Self.stream)
            let seen = BusProbe(try await there.follow("later", filters: [], from: .new))
            let scheduler = try Self.scheduling(here)
            let now = here.serverTime()

            for (id, delay) in [("c", 2_300), ("a", 300), ("b", 1_300), ("past", 0)] as [(String, UInt64)] {
                let at = delay == 0 ? 1 : now + delay
                #expect(try await scheduler.schedule(Self.message(id), to: "later", at: at, id: id))
            }
            #expect(try await scheduler.scheduled(limit: 10).map(\.id).filter { $0 != "past" } == ["a", "b", "c"])

            let stored = try await seen.first(4)
            #expect(stored.map(\.message.subject.description) == ["later.past", "later.a", "later.b", "later.c"])
            for (stored, delay) in zip(stored.dropFirst(), [300, 1_300, 2_300]) {
                let late = Int64(stored.id.milliseconds) - Int64(now) - Int64(delay)
                #expect(late >= -250)
                // 250 ms when nobody else wants the processor, as in the acceptance; tests share it.
                #expect(late < 1_500)
                #expect(stored.message.body == Array(0...255))
                #expect(stored.message.headers["Plain"] == "value")
            }
            #expect(stored.map { $0.message.headers[MessageHeaders.Name.messageID] } == ["past", "a", "b", "c"])
            #expect(try await scheduler.scheduled(limit: 10).isEmpty)
            seen.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `what is taken back is never appended, what is replaced only as it was last`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            try await here.ensureStream(Self.stream)
            let seen = BusProbe(try await here.follow("later", filters: [], from: .new))
            let (one, two) = (try Self.scheduling(here), try Self.scheduling(there))
            let now = here.serverTime()
            let far = now + 3 * 86_400_000

            try await one.schedule(Self.message("gone"), to: "later", at: now + 700, id: "gone")
            try await one.schedule(Self.message("old"), to: "later", at: now + 700, id: "same")
            try await one.schedule(Self.message("far"), to: "later", at: far, id: "far")
            #expect(try await two.cancelSchedule("gone"))
            #expect(try await two.cancelSchedule("gone") == false)
            try await two.schedule(Self.message("fresh"), to: "later", at: now + 1_000, id: "same")

            #expect(try await seen.first(1).map(\.message.subject.description) == ["later.fresh"])
            let waiting = try await one.scheduled(limit: 10)
            #expect(waiting == [ScheduledMessage(id: "far", stream: "later", due: far, attempts: 0)])
            #expect(try await one.cancelSchedule("same") == false)
            #expect(seen.values.count == 1)
            seen.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `an id that was appended lately is not scheduled again`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(Self.stream)
            let seen = BusProbe(try await bus.follow("later", filters: [], from: .new))
            let scheduler = try Self.scheduling(bus)

            #expect(try await scheduler.schedule(Self.message("a"), to: "later", at: 1, id: "once"))
            _ = try await seen.first(1)
            #expect(try await scheduler.schedule(Self.message("b"), to: "later", at: 1, id: "once") == false)
            try await scheduler.schedule(Self.message("end"), to: "later", at: 1, id: "end")

            #expect(try await seen.first(2).map(\.message.subject.description) == ["later.a", "later.end"])
            seen.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `what can never be appended is refused at once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(Self.stream)
            let scheduler = try Self.scheduling(bus)

            let unknown = await #expect(throws: BusError.self) {
                try await scheduler.schedule(Self.message("a"), to: "nothing", at: 1, id: "a")
            }
            let foreign = await #expect(throws: BusError.self) {
                try await scheduler.schedule(BusMessage(subject: Subject("x")), to: "later", at: 1, id: "a")
            }
            for id in ["", "a b", "a\r\nb", "ä", String(repeating: "i", count: 201)] {
                let error = await #expect(throws: BusError.self) {
                    try await scheduler.schedule(Self.message("a"), to: "later", at: 1, id: id)
                }
                #expect(error?.code == .invalidKey)
            }

            #expect(unknown?.code == .unknownStream)
            #expect(foreign?.code == .unknownStream)
        }
    }

    @Test func `many processes append each message once, and it survives who scheduled it`() async throws {
        try await BusContractCell.with(.redis) { cell in
            let buses = try (0..<4).map { _ in try cell.makeBus() }
            try await buses[0].ensureStream(Self.stream)
            let seen = BusProbe(try await buses[1].follow("later", filters: [], from: .new))
            let now = buses[0].serverTime()
            let scheduler = try Self.scheduling(buses[0])
            try await withThrowingDiscardingTaskGroup { group in
                for number in 0..<500 {
                    group.addTask {
                        let at = now + 1_500 + UInt64(number % 10) * 50
                        let message = try Self.message("n\(number)")
                        try await scheduler.schedule(message, to: "later", at: at, id: "n\(number)")
                    }
                }
            }
            await buses[0].drain(within: .milliseconds(200))

            _ = try await seen.first(500)
            let end = try await buses[1].append(Self.message("end"), to: "later")
            let all = try await seen.first(501)
            #expect(all.last?.id == end.id)
            #expect(Set(all.map(\.message.subject)).count == 501)
            seen.cancel()
        }
    }

    @Test func `a message that cannot be appended holds nobody up and becomes a dead letter`() async throws {
        try await BusContractCell.with(.redis) { cell in
            let bus = try cell.makeBus()
            let redis = try #require(bus as? RedisMessageBus)
            let broken = StreamConfiguration(
                name: "broken",
                subjects: SubjectFilter(trusted: "broken.>"),
                retention: .limits(maximumMessages: 10)
            )
            try await bus.ensureStream(broken)
            try await bus.ensureStream(Self.stream)
            let log = String(decoding: redis.context.keys.log("broken"), as: UTF8.self)
            _ = try await redis.execute(RedisCommand("SET", log, "no stream"))
            let seen = BusProbe(try await bus.follow("later", filters: [], from: .new))
            let scheduler = try Self.scheduling(bus)

            // More than one look takes, and all of them before the good one.
            let poison = BusMessage(subject: try Subject("broken.one"), body: [1])
            for number in 0..<100 { try await scheduler.schedule(poison, to: "broken", at: 1, id: "p\(number)") }
            try await scheduler.schedule(Self.message("good"), to: "later", at: bus.serverTime(), id: "good")

            #expect(try await seen.first(1).map(\.message.subject.description) == ["later.good"])
            try await eventually("a hundred dead letters", within: .seconds(40)) {
                try await cell.deadLetters(of: "broken", on: bus).count == 100
            }
            let dead = try await cell.deadLetters(of: "broken", on: bus)
            #expect(dead.allSatisfy { $0.message.body == [1] })
            let reason = try #require(dead.first?.message.headers[MessageHeaders.Name.deadReason])
            #expect(reason.hasPrefix("schedule: WRONGTYPE"))
            #expect(try await scheduler.scheduled(limit: 10).isEmpty)
            seen.cancel()
        }
    }
}
