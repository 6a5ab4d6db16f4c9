import MessageBus
import TestSupport
import Testing

@Suite struct BusContractDeliverPolicyTests {
    private typealias Fixture = BusContractFixture

    private static func subjects(_ probe: BusProbe<Delivery>, _ count: Int) async throws -> [String] {
        try await probe.first(count).map { String($0.message.subject.description.dropFirst("events.".count)) }
    }

    @Test(arguments: BusKind.allCases)
    func `a consumer begins at a time`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 1_000))
            let before = try await Fixture.fill(bus, ["a", "b"])
            try await eventually { bus.serverTime() > before[1].milliseconds + 20 }
            let after = try await Fixture.fill(bus, ["c", "d"])

            // The very millisecond of a message is its time too.
            let exact = BusProbe(
                try await bus.consume(try Fixture.consumer("exact", from: .from(after[0].milliseconds)))
            )
            let early = BusProbe(
                try await bus.consume(try Fixture.consumer("early", from: .from(before[1].milliseconds + 1)))
            )
            let all = BusProbe(try await bus.consume(try Fixture.consumer("all", from: .from(0))))

            #expect(try await Self.subjects(exact, 2) == ["c", "d"])
            #expect(try await Self.subjects(early, 2) == ["c", "d"])
            #expect(try await Self.subjects(all, 4) == ["a", "b", "c", "d"])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a consumer begins with the last message that passes its filters`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 10_000))
            try await Fixture.fill(bus, ["east.1", "east.2"] + (0..<1_100).map { "west.\($0)" })

            let any = BusProbe(try await bus.consume(try Fixture.consumer("any", from: .last)))
            let east = BusProbe(
                try await bus.consume(try Fixture.consumer("east", filters: ["events.east.*"], from: .last))
            )
            let none = BusProbe(
                try await bus.consume(try Fixture.consumer("none", filters: ["events.north.*"], from: .last))
            )
            try await Fixture.fill(bus, ["east.3", "north.1"])

            #expect(try await Self.subjects(any, 3) == ["west.1099", "east.3", "north.1"])
            #expect(try await Self.subjects(east, 2) == ["east.2", "east.3"])
            #expect(try await Self.subjects(none, 1) == ["north.1"])
        }
    }

    // nats-server: TestJetStreamDeliverLastPerSubject
    @Test(arguments: BusKind.allCases)
    func `a consumer begins with the last message of each subject, then goes on`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 10_000))
            let ids = try await Fixture.fill(bus, ["a", "b", "a", "other.x", "c", "b"])

            let last = try Fixture.consumer("last", filters: ["events.*"], from: .lastPerSubject)
            let probe = BusProbe(try await bus.consume(last))
            let news = try await Fixture.fill(bus, ["a", "other.y", "d"])
            let seen = try await probe.first(5)

            #expect(seen.map(\.id) == [ids[2], ids[4], ids[5], news[0], news[2]])
            #expect(seen.allSatisfy { $0.deliveries == 1 })
            for delivery in seen { #expect(try await delivery.ackSync()) }
            probe.cancel()
            try await eventually { probe.hasEnded }

            // Known by now, it goes on where it was.
            let meanwhile = try await Fixture.fill(bus, ["a"])
            let again = BusProbe(try await bus.consume(last))
            #expect(try await again.first(1).map(\.id) == meanwhile)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `the snapshot of each subject is shared by the members and redelivered like all else`(kind: BusKind)
        async throws
    {
        try await BusContractCell.with(kind) { cell in
            let (one, two) = (
                try await Fixture.open(cell, .limits(maximumMessages: 10_000)),
                try await Fixture.open(cell, .limits(maximumMessages: 10_000))
            )
            let ids = try await Fixture.fill(one, (0..<600).map { "n\($0 % 300)" })
            let consumer = try Fixture.consumer(from: .lastPerSubject, inFlight: 32)
            let first = try await Fixture.acknowledging(one, consumer)
            let second = try await Fixture.acknowledging(two, consumer)

            try await eventually { first.values.count + second.values.count >= 300 }

            #expect(Set((first.values + second.values).map(\.id)) == Set(ids[300...]))
            try await eventually { try await Fixture.info(one).pending == 0 }
            #expect(first.values.count + second.values.count == 300)
        }
    }

    // nats-server: TestJetStreamWildcardSubjectFiltering
    @Test(arguments: BusKind.allCases)
    func `a wildcard filter passes its subjects in order`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 10_000))
            let names = (0..<100).map { "\($0 % 2 == 0 ? "even" : "odd").\($0)" }
            let ids = try await Fixture.fill(bus, names)

            let odd = BusProbe(
                try await bus.consume(try Fixture.consumer(filters: ["events.odd.*"], inFlight: 100))
            )

            #expect(try await odd.first(50).map(\.id) == stride(from: 1, to: 100, by: 2).map { ids[$0] })
            try await eventually { try await Fixture.info(bus).pending == 50 }
        }
    }

    // nats-server: TestJetStreamConsumerMultipleFilters*
    @Test(arguments: BusKind.allCases)
    func `several filters pass what any of them passes, once and in order`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 10_000))
            let filters = ["events.a.>", "events.b", "events.*.x"]
            let names = ["a.1", "b", "c.x", "c.y", "a.x", "b.1", "b.x", "c", "a.1.2"]
            let ids = try await Fixture.fill(bus, names)

            let consumed = BusProbe(try await bus.consume(try Fixture.consumer(filters: filters)))
            let followed = BusProbe(
                try await bus.follow("EVENTS", filters: filters.map { try SubjectFilter($0) }, from: .after(.zero))
            )
            let rest = BusProbe(
                try await bus.consume(try Fixture.consumer("rest", filters: ["events.c", "events.c.y", "events.b.1"]))
            )
            let wanted = [0, 1, 2, 4, 6, 8].map { ids[$0] }
            #expect(try await consumed.first(6).map(\.id) == wanted)
            #expect(try await followed.first(6).map(\.id) == wanted)
            #expect(try await rest.first(3).map(\.id) == [3, 5, 7].map { ids[$0] })

            let last = try await Fixture.fill(bus, ["d", "b"])
            #expect(try await consumed.first(7)[6].id == last[1])
            #expect(try await followed.first(7)[6].id == last[1])
        }
    }
}
