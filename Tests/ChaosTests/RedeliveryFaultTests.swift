import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// What must come again comes once and at its time: faults 11 and 12.
@Suite struct RedeliveryFaultTests {
    @Test(arguments: [0, 50, 1_500])
    func `fault 11: a message given back comes again after its delay, within a quarter of a second`(delay: Int)
        async throws
    {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            // The longest delay exceeds the acknowledge wait, which must not bring the message back any sooner.
            let consumer = ChaosSite.consumer(acknowledgeWait: .milliseconds(700), inFlight: 1)
            let probe = BusProbe(try await bus.consume(consumer))
            _ = try await bus.append(try Producer.message("p", 1), to: "CHAOS")
            let first = try await probe.first(1)[0]

            let began = ContinuousClock.now
            #expect(try await first.nak(delay: .milliseconds(delay)))
            let again = try await probe.first(2)[1]
            let took = ContinuousClock.now - began

            #expect(again.id == first.id)
            #expect(again.deliveries == 2)
            #expect(took >= .milliseconds(delay))
            #expect(took < .milliseconds(delay + 250 + 100), "a tenth of a second is the reclaim interval of this test")
            await again.settle()
            try await site.drained()
        }
    }

    @Test func `fault 11: a message given back for more than a day stays away and takes nobody's place`() async throws {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            let record = Record()
            let consumer = ChaosSite.consumer(acknowledgeWait: .milliseconds(300), inFlight: 1)
            let probe = BusProbe(try await bus.consume(consumer)) { delivery in
                guard String(decoding: delivery.message.body, as: UTF8.self) != "p 1" else {
                    do { try await delivery.nak(delay: .seconds(25 * 3_600)) } catch {}
                    return
                }
                record.handle(delivery, by: "w")
                await delivery.settle()
            }
            for number in 1...30 {
                let receipt = try await bus.append(try Producer.message("p", number), to: "CHAOS")
                if number > 1 { record.confirm(.init(producer: "p", number: number), receipt.id) }
            }

            try await record.complete()
            // Four acknowledge waits later it still is where it was put.
            try await Task.sleep(for: .milliseconds(1_200))

            #expect(probe.values.count { $0.deliveries > 1 } == 0)
            let due = try await site.command("ZRANGE", site.key("s:CHAOS:due:worker"), "0", "-1", "WITHSCORES").elements
            #expect(due.count == 2)
            let wait = (due.last?.number ?? 0) - Int64(bus.serverTime())
            #expect(wait > 24 * 3_600_000 && wait <= 25 * 3_600_000)
        }
    }

    @Test func `fault 12: three members reclaim a thousand expired messages: each is claimed once`() async throws {
        try await ChaosSite.with { site in
            let producer = try await site.bus()
            let record = Record()
            try await withThrowingTaskGroup { group in
                for number in 1...1_000 {
                    group.addTask {
                        let receipt = try await producer.append(try Producer.message("p", number), to: "CHAOS")
                        record.confirm(.init(producer: "p", number: number), receipt.id)
                    }
                }
                try await group.waitForAll()
            }
            // Somebody who died took all of them.
            try await site.command("XGROUP", "CREATE", site.logKey, "worker", "0")
            try await site.command(
                "XREADGROUP",
                "GROUP",
                "worker",
                "ghost",
                "COUNT",
                "1000",
                "STREAMS",
                site.logKey,
                ">"
            )
            #expect(try await site.pending().count == 1_000)

            let buses = [try await site.bus(), try await site.bus(), try await site.bus()]
            for (index, bus) in buses.enumerated() {
                _ = try await Worker("w\(index)", bus, record, ChaosSite.consumer(inFlight: 100))
            }

            try await record.complete()
            try await site.drained()
            let oracle = record.oracle
            #expect(oracle.duplicated.isEmpty)
            #expect(oracle.handlings.count == 1_000)
            #expect(oracle.handlings.allSatisfy { $0.deliveries == 2 })
        }
    }
}
