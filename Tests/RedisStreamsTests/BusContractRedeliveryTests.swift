import MessageBus
import Synchronization
import TestSupport
import Testing

/// What comes again, when, and how often.
@Suite struct BusContractRedeliveryTests {
    private typealias Fixture = BusContractFixture

    /// When each message came, by its id.
    private final class Times: Sendable {
        private let times = Mutex<[StreamID: [ContinuousClock.Instant]]>([:])

        func note(_ delivery: Delivery) { times.withLock { $0[delivery.id, default: []].append(.now) } }

        /// The first gaps between the times of a message, so many: a time is noted after the probe has the message, and
        /// on a slow machine some time after.
        func gaps(_ id: StreamID, _ count: Int) async throws -> [Duration] {
            try await eventually("\(count) gaps") { instants(id).count > count }
            let first = instants(id).prefix(count + 1)
            return zip(first.dropFirst(), first).map { $0 - $1 }
        }

        private func instants(_ id: StreamID) -> [ContinuousClock.Instant] { times.withLock { $0[id] ?? [] } }
    }

    // nats-server: TestJetStreamWorkQueueAckWaitRedelivery
    @Test(arguments: BusKind.allCases)
    func `all that stays silent comes again, counted, and acknowledged leaves nothing`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(wait: .milliseconds(400))))
            let ids = try await Fixture.fill(bus, (0..<10).map { "n\($0)" })

            let seen = try await probe.first(20)

            #expect(seen.prefix(10).map(\.id) == ids && seen.prefix(10).allSatisfy { $0.deliveries == 1 })
            #expect(Set(seen.suffix(10).map(\.id)) == Set(ids) && seen.suffix(10).allSatisfy { $0.deliveries == 2 })
            for delivery in seen.suffix(10) { #expect(try await delivery.ackSync()) }
            #expect(try await bus.stream("EVENTS").messages == 0)
            #expect(try await Fixture.info(bus).pending == 0)
        }
    }

    // nats-server: TestJetStreamWorkQueueNakRedelivery, TestJetStreamNakRedeliveryWithNoWait
    @Test(arguments: BusKind.allCases)
    func `a nak brings a message back before what is new`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let ids = try await Fixture.fill(bus, (0..<5).map { "n\($0)" })
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(inFlight: 1)))

            for count in 1...3 {
                let delivery = try await probe.first(count)[count - 1]
                #expect(delivery.id == ids[0] && delivery.deliveries == count)
                #expect(try await delivery.nak())
            }

            #expect(try await probe.first(4)[3].ackSync())
            #expect(try await probe.first(5)[4].id == ids[1])
        }
    }

    // nats-server: TestJetStreamCanNotNakAckd; ADR-15: a second terminal acknowledgement is ignored
    @Test(arguments: BusKind.allCases)
    func `what is acknowledged cannot be given back or ended any more`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 100))
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(wait: .milliseconds(300))))
            try await Fixture.fill(bus, (0..<10).map { "n\($0)" })
            let seen = try await probe.first(10)

            for delivery in seen {
                #expect(try await delivery.ackSync())
                #expect(try await !delivery.nak())
                #expect(try await !delivery.term(reason: "late"))
                #expect(try await !delivery.inProgress())
                #expect(try await !delivery.ackSync())
            }
            try await Fixture.elapse(.milliseconds(700))

            #expect(probe.values.count == 10)
            #expect(try await bus.stream("EVENTS").deadLetters == 0)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `what was given back has no say any more until it comes again`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer()))
            try await Fixture.fill(bus, ["a"])
            let first = try await probe.first(1)[0]

            #expect(try await first.nak(delay: .milliseconds(300)))
            #expect(try await !first.nak())
            #expect(try await !first.inProgress())
            #expect(try await !first.term(reason: "late"))
            let second = try await probe.first(2)[1]
            #expect(second.deliveries == 2)
            #expect(try await !first.inProgress())
            #expect(try await second.ackSync())
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a nak's delay may be longer than the acknowledge wait`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(wait: .milliseconds(200))))
            try await Fixture.fill(bus, ["a"])
            let delivery = try await probe.first(1)[0]

            let began = ContinuousClock.now
            #expect(try await delivery.nak(delay: .milliseconds(1_000)))
            #expect(try await probe.first(2)[1].deliveries == 2)

            #expect(ContinuousClock.now - began >= .milliseconds(990))
        }
    }

    // nats-server: TestJetStreamRedeliverCount
    @Test(arguments: BusKind.allCases)
    func `deliveries are counted across members`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let buses = [try await Fixture.open(cell), try await Fixture.open(cell)]
            let consumer = try Fixture.consumer(backoff: [.milliseconds(20)])
            var probes: [BusProbe<Delivery>] = []
            for bus in buses {
                probes.append(
                    BusProbe(try await bus.consume(consumer)) { delivery in
                        guard delivery.deliveries < 10 else { return }
                        do { _ = try await delivery.nak() } catch { Issue.record(error) }
                    }
                )
            }
            try await Fixture.fill(buses[0], ["a"])

            try await eventually { probes.flatMap(\.values).contains { $0.deliveries == 10 } }

            #expect(probes.flatMap(\.values).map(\.deliveries).sorted() == Array(1...10))
        }
    }

    // nats-server: TestJetStreamConsumerBackOff
    @Test(arguments: BusKind.allCases)
    func `a silent delivery comes again after its backoff where that is longer than the wait`(kind: BusKind)
        async throws
    {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let times = Times()
            let consumer = try Fixture.consumer(
                wait: .milliseconds(300),
                backoff: [.milliseconds(50), .milliseconds(900), .milliseconds(500)]
            )
            let probe = BusProbe(try await bus.consume(consumer)) { times.note($0) }
            let ids = try await Fixture.fill(bus, ["a"])

            _ = try await probe.first(5)
            let gaps = try await times.gaps(ids[0], 4)

            #expect(gaps[0] >= .milliseconds(290) && gaps[0] < .milliseconds(850))
            #expect(gaps[1] >= .milliseconds(890))
            #expect(gaps[2] >= .milliseconds(490) && gaps[3] >= .milliseconds(490))
        }
    }

    // nats-server: TestJetStreamConsumerBackoffNotRespectedWithMultipleInflightRedeliveries
    @Test(arguments: BusKind.allCases)
    func `each message under way has its own backoff`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let times = Times()
            let consumer = try Fixture.consumer(
                wait: .milliseconds(200),
                backoff: [.milliseconds(200), .milliseconds(1_000)]
            )
            let probe = BusProbe(try await bus.consume(consumer)) { times.note($0) }
            var ids = try await Fixture.fill(bus, ["a"])
            _ = try await probe.first(2)
            // The first waits for its second, long backoff now; the others have their short one before them.
            ids += try await Fixture.fill(bus, ["b", "c"])

            try await eventually { probe.values.count { $0.id != ids[0] } >= 4 }
            #expect(probe.values.count { $0.id == ids[0] } == 2)

            for id in ids {
                let gaps = try await times.gaps(id, 2)
                #expect(gaps[0] >= .milliseconds(190) && gaps[0] < .milliseconds(900))
                #expect(gaps[1] >= .milliseconds(990))
            }
        }
    }

    // nats-server: TestJetStreamConsumerBackoffWhenBackoffLengthIsEqualToMaxDeliverConfig
    @Test(arguments: BusKind.allCases)
    func `the last delivery has its backoff too before the message dies`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let consumer = try Fixture.consumer(
                wait: .milliseconds(100),
                backoff: [.milliseconds(200), .milliseconds(300), .milliseconds(800)],
                maximum: 3
            )
            let probe = BusProbe(try await bus.consume(consumer))
            try await Fixture.fill(bus, ["a"])

            _ = try await probe.first(3)
            let began = ContinuousClock.now
            try await eventually { try await bus.stream("EVENTS").deadLetters == 1 }

            #expect(ContinuousClock.now - began >= .milliseconds(750))
            #expect(probe.values.map(\.deliveries) == [1, 2, 3])
        }
    }

    // nats-server: TestJetStreamConsumerMessageDeletedDuringRedelivery
    @Test(arguments: BusKind.allCases)
    func `a message trimmed while it waited to come again is marked among the dead`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 100))
            let probe = BusProbe(try await bus.consume(try Fixture.consumer())) { delivery in
                guard delivery.message.subject.description == "events.a" else { return delivery.ack() }
                do { _ = try await delivery.nak(delay: .milliseconds(1_500)) } catch { Issue.record(error) }
            }
            let ids = try await Fixture.fill(bus, ["a"] + (0..<450).map { "n\($0)" })

            try await eventually { try await bus.stream("EVENTS").deadLetters == 1 }

            let letters = try await bus.deadLetters(of: "EVENTS", after: .zero, limit: 1)
            let dead = try #require(letters.first).message.headers
            #expect(dead[MessageHeaders.Name.deadReason] == "trimmed")
            #expect(dead[MessageHeaders.Name.deadSequence] == "\(ids[0])")
            #expect(dead[MessageHeaders.Name.deadDeliveries] == "1")
            try await eventually { try await Fixture.info(bus).pending == 0 }
            #expect(probe.values.count { $0.id == ids[0] } == 1)
        }
    }

    // nats-server: TestJetStreamAckAllRedelivery
    @Test(arguments: BusKind.allCases)
    func `what lies after an acknowledgement of all comes again, and nothing before it`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(wait: .milliseconds(500))))
            let ids = try await Fixture.fill(bus, (0..<20).map { "n\($0)" })
            let seen = try await probe.first(20)

            #expect(try await seen[9].ackAll() == 10)
            let again = try await probe.first(30).suffix(10)

            #expect(Set(again.map(\.id)) == Set(ids[10...]))
            #expect(again.allSatisfy { $0.deliveries == 2 })
        }
    }
}
