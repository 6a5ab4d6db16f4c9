import MessageBus
import TestSupport
import Testing

@Suite struct BusContractRetentionTests {
    private typealias Fixture = BusContractFixture

    @Test(arguments: BusKind.allCases)
    func `a limited stream keeps the newest`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 100))
            let ids = try await Fixture.fill(bus, (0..<450).map { "n\($0)" })

            let info = try await bus.stream("EVENTS")

            // Redis removes whole nodes of a hundred.
            try #require(info.messages >= 100 && info.messages < 300)
            #expect(info.appended == 450 && info.last == ids[449])
            #expect(info.first == ids[450 - info.messages])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `what is older than a stream's age goes, without anybody appending`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 1_000, maximumAge: .milliseconds(1_500)))
            let old = try await Fixture.fill(bus, ["a", "b"])
            #expect(try await bus.stream("EVENTS").messages == 2)
            try await eventually { bus.serverTime() > old[1].milliseconds + 800 }
            let young = try await Fixture.fill(bus, ["c"])

            try await eventually { try await bus.stream("EVENTS").first == young[0] }
            try await eventually { try await bus.stream("EVENTS").messages == 0 }

            #expect(bus.serverTime() >= young[0].milliseconds + 1_500)
            #expect(try await bus.stream("EVENTS").last == young[0])
        }
    }

    // nats-server: TestJetStreamInterestRetentionStream
    @Test(arguments: BusKind.allCases)
    func `a stream of interest keeps a message until every consumer has settled it`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .interest)
            let one = BusProbe(try await bus.consume(try Fixture.consumer("one")))
            let two = BusProbe(try await bus.consume(try Fixture.consumer("two")))
            let ids = try await Fixture.fill(bus, ["a", "b", "c"])
            let (first, second) = (try await one.first(3), try await two.first(3))

            for delivery in first { #expect(try await delivery.ackSync()) }
            #expect(try await second[0].ackSync())
            try await eventually { try await bus.stream("EVENTS").first == ids[1] }
            try await Fixture.elapse(.milliseconds(900))
            #expect(try await bus.stream("EVENTS").messages == 2)

            #expect(try await second[2].ackSync())
            #expect(try await second[1].term(reason: "no"))
            try await eventually { try await bus.stream("EVENTS").messages == 0 }
            #expect(try await bus.deadLetters(of: "EVENTS", after: .zero, limit: 9).count == 1)
            #expect(try await bus.stream("EVENTS").last == ids[2])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `interest without a consumer keeps nothing, and one away keeps everything`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .interest)
            try await Fixture.fill(bus, ["nobody"])
            try await eventually { try await bus.stream("EVENTS").messages == 0 }

            let away = BusProbe(try await bus.consume(try Fixture.consumer("away")))
            away.cancel()
            try await eventually { away.hasEnded }
            let here = try await Fixture.acknowledging(bus, try Fixture.consumer("here"))
            let ids = try await Fixture.fill(bus, ["a", "b"])
            #expect(try await here.first(2).map(\.id) == ids)
            try await Fixture.elapse(.milliseconds(900))
            #expect(try await bus.stream("EVENTS").messages == 2)

            #expect(try await bus.deleteConsumer("away", of: "EVENTS"))
            try await eventually { try await bus.stream("EVENTS").messages == 0 }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `what a filter passes over holds nothing up in a stream of interest`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .interest)
            let east = try await Fixture.acknowledging(bus, try Fixture.consumer(filters: ["events.east.*"]))
            try await Fixture.fill(bus, ["west.1", "east.1", "west.2"])

            _ = try await east.first(1)
            try await eventually { try await bus.stream("EVENTS").messages == 0 }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a work queue never trims what is not acknowledged`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(inFlight: 2)))
            let ids = try await Fixture.fill(bus, (0..<1_200).map { "n\($0)" })
            let held = try await probe.first(2)
            #expect(try await held[1].ackSync())

            try await Fixture.elapse(.milliseconds(700))

            let info = try await bus.stream("EVENTS")
            #expect(info.messages == 1_199 && info.first == ids[0])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a later declaration replaces the retention for everyone`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .interest)
            let other = try cell.makeBus()
            try await other.ensureStream(try BusContractStreamTests.stream("EVENTS", .limits(maximumMessages: 500)))

            try await eventually {
                try await bus.stream("EVENTS").configuration.retention == .limits(maximumMessages: 500)
            }
            try await Fixture.fill(bus, ["a"])
            try await Fixture.elapse(.milliseconds(700))
            #expect(try await bus.stream("EVENTS").messages == 1)
        }
    }
}
