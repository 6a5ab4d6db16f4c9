import MessageBus
import TestSupport
import Testing

@Suite struct BusContractAdministrationTests {
    @Test(arguments: BusKind.allCases)
    func `streams are told with what they hold`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell, .limits(maximumMessages: 5_000))
            let other = try BusContractStreamTests.stream("AUDIT", .interest)
            try await bus.ensureStream(other)
            let empty = try await bus.stream("EVENTS")
            #expect(empty.messages == 0 && empty.first == nil && empty.last == .zero && empty.consumers == 0)
            let ids = try await BusContractFixture.fill(bus, ["a", "b", "c"])
            let probe = BusProbe(try await bus.consume(try BusContractFixture.consumer()))
            _ = try await probe.first(3)

            let all = try await cell.makeBus().streams()
            let events = try #require(all.last)

            #expect(all.map(\.configuration.name) == ["AUDIT", "EVENTS"])
            #expect(all.first?.configuration == other)
            #expect(
                events.configuration == (try BusContractStreamTests.stream("EVENTS", .limits(maximumMessages: 5_000)))
            )
            #expect(events.messages == 3 && events.appended == 3 && events.consumers == 1 && events.deadLetters == 0)
            #expect(events.first == ids[0] && events.last == ids[2])
            #expect(try await bus.stream("EVENTS") == events)
            let error = await #expect(throws: BusError.self) { try await bus.stream("NOWHERE") }
            #expect(error?.code == .unknownStream)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a consumer is told with what is pending, waiting and ahead`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell)
            let configuration = try BusContractFixture.consumer(
                filters: ["events.*"],
                from: .after(.zero),
                wait: .seconds(20),
                backoff: [.seconds(1), .seconds(60)],
                maximum: 7,
                inFlight: 9
            )
            #expect(try await bus.consumers(of: "EVENTS").isEmpty)
            let probe = BusProbe(try await bus.consume(configuration))
            let ids = try await BusContractFixture.fill(bus, ["a", "b", "c", "d", "e"])
            let held = try await probe.first(5)
            #expect(try await held[1].nak(delay: .zero))
            let again = try await probe.first(6)
            #expect(try await again[5].nak(delay: .seconds(30)))
            let info = try await BusContractFixture.info(bus)

            #expect(info.stream == "EVENTS" && info.name == "worker")
            #expect(info.configuration == configuration)
            #expect(info.pending == 5 && info.waiting == 1 && info.redelivered == 1)
            #expect(info.lag == 0)
            #expect(info.lastDelivered == ids[4])
            #expect(info.acknowledgeFloor == ids[0].predecessor)
            #expect(info.members.count == 1)
            #expect(info.members.first?.isLive == true && info.members.first?.pending == 4)
            probe.cancel()
            try await eventually { probe.hasEnded }
            try await BusContractFixture.fill(bus, ["f", "g"])
            try await eventually { try await BusContractFixture.info(bus).lag == 2 }
        }
    }

    // nats-server: TestJetStreamConsumerNakThenAckFloorMove
    @Test(arguments: BusKind.allCases)
    func `the acknowledge floor follows the oldest unsettled message`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell, .limits(maximumMessages: 100))
            let probe = BusProbe(try await bus.consume(try BusContractFixture.consumer()))
            let ids = try await BusContractFixture.fill(bus, (0..<11).map { "n\($0)" })
            let held = try await probe.first(11)
            for delivery in held.dropFirst(2) { #expect(try await delivery.ackSync()) }
            #expect(try await held[0].ackSync())
            #expect(try await held[1].nak())
            #expect(try await BusContractFixture.info(bus).acknowledgeFloor == ids[1].predecessor)

            let again = try await probe.first(12)
            #expect(again[11].id == ids[1] && again[11].deliveries == 2)
            #expect(try await again[11].ackSync())

            try await eventually { try await BusContractFixture.info(bus).acknowledgeFloor == ids[10] }
            #expect(try await BusContractFixture.info(bus).pending == 0)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a removed consumer is gone with what it knew`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell, .limits(maximumMessages: 100))
            let probe = BusProbe(try await bus.consume(try BusContractFixture.consumer()))
            let ids = try await BusContractFixture.fill(bus, ["a", "b"])
            _ = try await probe.first(2)
            probe.cancel()
            try await eventually { probe.hasEnded }

            #expect(try await bus.deleteConsumer("worker", of: "EVENTS"))
            #expect(try await !bus.deleteConsumer("worker", of: "EVENTS"))
            #expect(try await bus.consumers(of: "EVENTS").isEmpty)

            let fresh = BusProbe(try await bus.consume(try BusContractFixture.consumer()))
            #expect(try await fresh.first(2).map(\.id) == ids)
            #expect(fresh.values.allSatisfy { $0.deliveries == 1 })
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a removed consumer whose members live begins again where it was`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell, .limits(maximumMessages: 100))
            let probe = try await BusContractFixture.acknowledging(bus, try BusContractFixture.consumer())
            try await BusContractFixture.fill(bus, ["a", "b"])
            _ = try await probe.first(2)
            try await eventually { try await BusContractFixture.info(bus).pending == 0 }

            #expect(try await bus.deleteConsumer("worker", of: "EVENTS"))
            try await eventually { try await bus.consumers(of: "EVENTS").count == 1 }
            let more = try await BusContractFixture.fill(bus, ["c"])

            #expect(try await probe.first(3)[2].id == more[0])
            #expect(probe.values.count == 3)
        }
    }
}
