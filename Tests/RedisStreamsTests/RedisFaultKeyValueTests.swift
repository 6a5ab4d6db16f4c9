import Logging
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// What a server may do to buckets, schedules and those who listen to everything. Those that are killed here keep each
/// write before they answer: with `everysec` a busy disk makes them lose some, which is right, and not the subject.
@Suite(.serialized) struct RedisFaultKeyValueTests {
    @Test func `buckets and watches outlive a restart of the server`() async throws {
        let server = try await TestRedis.start(["--appendfsync", "always"])
        try await BusContractCell.with(server) { cell in
            let bus = try cell.makeBus()
            let store = try #require(bus as? any KeyValueStore)
            let bucket = try await store.keyValue(KeyValueConfiguration(bucket: "lasting", history: 5))
            let watch = BusProbe(try await bucket.watch())
            var revision = StreamID.zero
            for number in UInt8(0)..<20 { revision = try await bucket.put("k\(number % 4)", [number]) }
            _ = try await watch.first(21)

            try await server.kill()
            try await server.startAgain()
            try await eventually { await bus.isConnected() }
            #expect(try await bucket.get("k3")?.revision == revision)
            #expect(try await bucket.history(of: "k3").map(\.value) == [[3], [7], [11], [15], [19]])
            try await bucket.update("k3", [99], expecting: revision)

            let told = try await watch.first(22).compactMap { if case .entry(let entry) = $0 { entry } else { nil } }
            #expect(told.map(\.value) == (UInt8(0)..<20).map { [$0] } + [[99]])
            try await server.command("SCRIPT", "FLUSH")
            try await bucket.purge("k3")
            #expect(try await bucket.keys() == ["k0", "k1", "k2"])
            watch.cancel()
        }
    }

    @Test func `what came due while the server or everybody was away is appended once afterwards`() async throws {
        let server = try await TestRedis.start(["--appendfsync", "always"])
        try await BusContractCell.with(server) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
            let scheduler = try #require(bus as? any MessageScheduling)
            let now = bus.serverTime()
            for number in 0..<10 {
                let message = try BusContractStreamTests.message("n\(number)")
                try await scheduler.schedule(message, to: "EVENTS", at: now + 900, id: "n\(number)")
            }

            try await server.kill()
            await bus.drain(within: .milliseconds(50))
            try await server.startAgain()
            let (one, two) = (try cell.makeBus(), try cell.makeBus())
            try await eventually { await one.isConnected() }
            let seen = BusProbe(try await two.follow("EVENTS", filters: [], from: .after(.zero)))

            #expect(Set(try await seen.first(10).map(\.message.subject)).count == 10)
            let last = try await one.append(try BusContractStreamTests.message("end"), to: "EVENTS")
            #expect(try await seen.first(11).last?.id == last.id)
            #expect(seen.values.count == 11)
            #expect(seen.values.allSatisfy { $0.id.milliseconds >= now + 900 })
            seen.cancel()
        }
    }

    @Test func `who listens to everything hears the restarted and the emptied server too`() async throws {
        let server = try await TestRedis.start(["--appendfsync", "always"])
        try await BusContractCell.with(server) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            let all = BusProbe(try await there.subscribe(to: SubjectFilter(">"), queueGroup: nil))
            try await here.publish(BusMessage(subject: Subject("a.one")))
            _ = try await all.first(1)

            try await server.kill()
            try await server.startAgain()
            try await eventually { await here.isConnected() }
            try await here.publish(BusMessage(subject: Subject("a.two")))
            _ = try await all.first(2)
            try await server.command("FLUSHALL")
            try await here.publish(BusMessage(subject: Subject("b.three")))
            try await here.publish(BusMessage(subject: Subject("a.four")))

            #expect(
                try await all.first(4).map(\.subject.description).sorted() == ["a.four", "a.one", "a.two", "b.three"]
            )
            all.cancel()
        }
    }
}
