import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// Too much at once, too slow, too odd: faults 21, 22 and 23.
@Suite struct LoadFaultTests {
    @Test func `fault 21: a thousand requests under way, half of them cancelled: each ends once and none is left`()
        async throws
    {
        try await Self.requests(1_000, rounds: 2)
    }

    @Test(.slow) func `fault 21: ten thousand requests under way, half of them cancelled: memory is back where it was`()
        async throws
    {
        try await Self.requests(10_000, rounds: 16)
    }

    private static func requests(_ count: Int, rounds: Int) async throws {
        try await ChaosSite.with { site in
            let options = ["--count", "\(count)", "--rounds", "\(rounds)", "--core-log", "\(count * 2)"]
            let worker = try await site.worker("in-flight", options)
            try await worker.wait(for: "left", count: rounds, within: .seconds(120))
            try await eventually("its end") { worker.hasEnded }

            #expect(worker.exitStatus == 0)
            #expect(worker.lines("answered").compactMap(\.value) == Array(repeating: Double(count / 2), count: rounds))
            #expect(worker.lines("cancelled").compactMap(\.value) == Array(repeating: Double(count / 2), count: rounds))
            #expect(worker.lines("left").compactMap(\.value).allSatisfy { $0 == 0 })
            let memory = worker.lines("memory").compactMap(\.value)
            // Buffers and the allocator's arenas grow in steps until everything has had its largest size. From the middle
            // on a leak of one small object a request would show: 100 bytes are five megabytes after 50,000 of them.
            let settled = try #require(memory.prefix(rounds / 2 + 1).max())
            let last = try #require(memory.suffix(rounds / 4 + 1).min())
            #expect(last < settled + 5_000_000, "\(memory)")
        }
    }

    @Test func `fault 22: a subscriber that takes nothing costs bounded memory, is told of, and harms nobody else`()
        async throws
    {
        try await ChaosSite.with { site in
            let bus = try await site.bus { $0.subscriberBuffer = 100 }
            let slow = try await bus.subscribe(to: SubjectFilter("news.>"), queueGroup: nil)
            let quick = BusProbe(try await bus.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))

            for number in 1...1_000 {
                try await bus.publish(BusMessage(subject: try Subject("news.n\(number)")))
                // No faster than the quick one reads: it must not become slow itself.
                if number % 50 == 0 { _ = try await quick.first(number) }
            }
            try await eventually { (bus.statistics.snapshot[.slowSubscribers] ?? 0) == 900 }

            let kept = BusProbe(slow)
            _ = try await kept.first(100)
            try await bus.publish(BusMessage(subject: try Subject("news.last")))
            try await eventually { kept.values.last?.subject.description == "news.last" }
            #expect(kept.values.count == 101, "the oldest are kept, in order, and it goes on from there")
            #expect(kept.values.prefix(100).map(\.subject.description) == (1...100).map { "news.n\($0)" })
        }
    }

    @Test func `fault 22: a worker and a follower that take nothing hold the server up and nothing is dropped`()
        async throws
    {
        try await ChaosSite.with { site in
            let (bus, other) = (try await site.bus(), try await site.bus())
            let deliveries = try await other.consume(ChaosSite.consumer(inFlight: 10))
            let followed = try await other.follow("CHAOS", filters: [], from: .after(.zero))
            try await withThrowingTaskGroup { group in
                for number in 1...3_000 {
                    group.addTask { _ = try await bus.append(try Producer.message("p", number), to: "CHAOS") }
                }
                try await group.waitForAll()
            }
            #expect(try await site.pending().count <= 10)

            let follower = BusProbe(followed)
            _ = try await follower.first(3_000)
            let worker = BusProbe(deliveries) { await $0.settle() }
            _ = try await worker.first(3_000)
            #expect(Set(follower.values.map(\.id)).count == 3_000)
            try await site.drained()
        }
    }

    @Test func `fault 23: every kind of payload arrives byte for byte, on both planes, or is refused with a code`()
        async throws
    {
        try await ChaosSite.with { site in
            let (here, there) = (try await site.bus(), try await site.bus())
            let worker = BusProbe(try await there.consume(ChaosSite.consumer(inFlight: 64))) { await $0.settle() }
            let news = BusProbe(try await there.subscribe(to: SubjectFilter("chaos.>"), queueGroup: nil))
            let echo = try await Echo(there)
            let bodies: [[UInt8]] = [
                [], [0], Array("\r\n".utf8), Array("$-1\r\n*0\r\n".utf8), Array(0...255), [0xC3, 0x28, 0xFF, 0xFE],
                (0..<BusMessage.maximumBodySize).map { UInt8(truncatingIfNeeded: $0 &* 31) },
            ]
            // Cut into small pieces on the way back.
            for (index, body) in bodies.enumerated() {
                var message = BusMessage(subject: try Subject("chaos.b\(index)"), body: body)
                try message.headers.set("Big", String(repeating: "h", count: index == 4 ? 60 << 10 : 1))
                try message.headers.set("Text", "größer ✓")
                _ = try await here.append(message, to: "CHAOS")
                try await here.publish(message)
                let stored = try await worker.first(index + 1)[index].message
                let heard = try await news.first(index + 1)[index]
                #expect(stored.body == body && heard.body == body)
                #expect(
                    stored.headers["Big"] == message.headers["Big"] && heard.headers["Big"] == message.headers["Big"]
                )
                #expect(stored.headers["Text"] == "größer ✓")
                let question = BusMessage(subject: try Subject("echo.v1"), body: body)
                #expect(try await here.request(question, timeout: .seconds(5)).body == body)
            }
            let large = [UInt8](repeating: 0, count: BusMessage.maximumBodySize + 1)
            let error = await #expect(throws: BusError.self) {
                try await here.append(BusMessage(subject: try Subject("chaos.x"), body: large), to: "CHAOS")
            }
            #expect(error?.code == .messageTooLarge)
            await echo.stop()
        }
    }
}
