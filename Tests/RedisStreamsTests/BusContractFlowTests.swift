import MessageBus
import Synchronization
import TestSupport
import Testing

/// How much is out at a time, for an instance and for all of them.
@Suite struct BusContractFlowTests {
    private typealias Fixture = BusContractFixture

    // nats-server: TestJetStreamConsumerMaxAckPending
    @Test(arguments: BusKind.allCases)
    func `new messages stall at the common limit and go on as others are settled`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (one, two) = (try await Fixture.open(cell), try await Fixture.open(cell))
            let consumer = try Fixture.consumer(pending: 5)
            let first = BusProbe(try await one.consume(consumer))
            let second = BusProbe(try await two.consume(consumer))
            let ids = try await Fixture.fill(one, (0..<20).map { "n\($0)" })
            let all = { first.values + second.values }
            var settled: Set<StreamID> = []

            for limit in stride(from: 5, through: 20, by: 5) {
                try await eventually { all().count >= limit }
                try await Fixture.elapse(.milliseconds(limit == 5 ? 700 : 50))
                #expect(all().count == limit)
                for delivery in all() where settled.insert(delivery.id).inserted {
                    #expect(try await delivery.ackSync())
                }
            }
            #expect(Set(all().map(\.id)) == Set(ids))
        }
    }

    // nats-server: TestJetStreamPullMaxAckPendingRedeliveries
    @Test(arguments: BusKind.allCases)
    func `the common limit does not hold up what must come again`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(
                try await bus.consume(try Fixture.consumer(wait: .milliseconds(300), pending: 2))
            )
            let ids = try await Fixture.fill(bus, ["a", "b", "c"])

            let seen = try await probe.first(6)

            #expect(Set(seen.map(\.id)) == Set(ids[..<2]))
            #expect(seen.map(\.deliveries) == [1, 1, 2, 2, 3, 3])
            #expect(try await seen[4].ackSync())
            try await eventually { probe.values.contains { $0.id == ids[2] } }
        }
    }

    // nats-server#6093: there they occupy it
    @Test(arguments: BusKind.allCases)
    func `what waits after a nak leaves room at the common limit`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(pending: 2)))
            let ids = try await Fixture.fill(bus, (0..<6).map { "n\($0)" })

            for taken in stride(from: 2, through: 4, by: 2) {
                for delivery in try await probe.first(taken).suffix(2) {
                    #expect(try await delivery.nak(delay: .seconds(60)))
                }
            }

            #expect(try await probe.first(6).map(\.id) == ids)
            let info = try await Fixture.info(bus)
            #expect(info.waiting == 4 && info.pending == 6)
        }
    }

    // nats-server: TestJetStreamConsumerStuckMaxAckPendingAfterMsgDelete
    @Test(arguments: BusKind.allCases)
    func `messages trimmed while they were held do not occupy the common limit for ever`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 100))
            let probe = BusProbe(
                try await bus.consume(try Fixture.consumer(wait: .seconds(3), pending: 3))
            )
            let ids = try await Fixture.fill(bus, (0..<450).map { "n\($0)" })
            #expect(try await probe.first(3).map(\.id) == Array(ids[..<3]))

            try await eventually { try await bus.stream("EVENTS").deadLetters >= 3 }
            let first = try #require(try await bus.stream("EVENTS").first)
            try await eventually { probe.values.contains { $0.id >= first } }

            // A slow machine may have trimmed the next three under the consumer too.
            let dead = try await bus.deadLetters(of: "EVENTS", after: .zero, limit: 100)
            let history = dead.map(\.message.headers)
            #expect(history.allSatisfy { $0[MessageHeaders.Name.deadReason] == "trimmed" })
            #expect(
                Set(history.prefix(3).map { $0[MessageHeaders.Name.deadSequence] }) == Set(ids[..<3].map { "\($0)" })
            )
            let oldest = try #require(dead.first).id
            let error = await #expect(throws: BusError.self) { try await bus.redrive(oldest, of: "EVENTS") }
            #expect(error?.code == .refused)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `under a common limit everything is delivered once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (one, two) = (try await Fixture.open(cell), try await Fixture.open(cell))
            let consumer = try Fixture.consumer(inFlight: 8, pending: 4)
            let out = Mutex((now: 0, most: 0))
            let work: @Sendable (Delivery) async -> Void = { delivery in
                out.withLock { out in
                    out.now += 1
                    out.most = max(out.most, out.now)
                }
                await Task.yield()
                out.withLock { $0.now -= 1 }
                do { #expect(try await delivery.ackSync()) } catch { Issue.record(error) }
            }
            let first = BusProbe(try await one.consume(consumer), work)
            let second = BusProbe(try await two.consume(consumer), work)
            let ids = try await Fixture.fill(one, (0..<300).map { "n\($0)" })

            try await eventually { first.values.count + second.values.count >= 300 }

            let all = first.values + second.values
            #expect(Set(all.map(\.id)) == Set(ids) && all.count == 300)
            #expect(out.withLock { $0.most } <= 4)
        }
    }

    // nats-server: TestJetStreamFlowControlStall, TestJetStreamAckNext
    @Test(arguments: BusKind.allCases)
    func `an instance never holds more than it may`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            try await Fixture.fill(bus, (0..<20).map { "n\($0)" })
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(inFlight: 3)))

            for taken in stride(from: 3, through: 18, by: 3) {
                let held = try await probe.first(taken)
                #expect(probe.values.count == taken)
                for delivery in held.suffix(3) { #expect(try await delivery.ackSync()) }
            }

            #expect(try await probe.first(20).count == 20)
        }
    }
}
