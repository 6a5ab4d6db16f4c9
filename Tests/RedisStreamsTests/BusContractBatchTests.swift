import MessageBus
import TestSupport
import Testing

/// Many at once: batches of messages, and acknowledgements that nobody waits for.
@Suite struct BusContractBatchTests {
    private typealias Fixture = BusContractFixture
    private typealias Stream = BusContractStreamTests

    @Test(arguments: BusKind.allCases)
    func `a batch is stored in its order, each message id once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(try Stream.stream())
            let names = (0..<300).map { "n\($0)" }
            let batch = try names.map { try Stream.message($0, id: "id-\($0)") }

            let receipts = try await bus.append(batch + [batch[7]], to: "EVENTS")
            let again = try await bus.append(batch, to: "EVENTS")

            try #require(receipts.count == 301)
            #expect(receipts.last == AppendReceipt(id: receipts[7].id, isDuplicate: true))
            #expect(receipts.dropLast().allSatisfy { !$0.isDuplicate })
            #expect(again.map(\.id) == receipts.dropLast().map(\.id) && again.allSatisfy(\.isDuplicate))
            let all = BusProbe(try await bus.follow("EVENTS", filters: [], from: .after(.zero)))
            #expect(try await all.first(300).map { String(decoding: $0.message.body, as: UTF8.self) } == names)
            #expect(try await bus.append([], to: "EVENTS").isEmpty)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a batch with one wrong expectation stores the others`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 100))
            let first = try await bus.append(try Stream.message("one"), to: "EVENTS").id
            let batch = [
                try Stream.message("two", expecting: first), try Stream.message("three", expecting: first),
                try Stream.message("four"),
            ]

            let error = await #expect(throws: BusError.self) { try await bus.append(batch, to: "EVENTS") }

            guard case .wrongLastSequence(let second) = error?.code else {
                Issue.record("\(String(describing: error))")
                return
            }
            let stream = try await bus.stream("EVENTS")
            #expect(first < second && second < stream.last && stream.messages == 3)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a message id is remembered for the whole window, whatever else is stored`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let window = Duration.milliseconds(1_500)
            try await bus.ensureStream(try Stream.stream(window: window))
            let clock = ContinuousClock()
            _ = try await bus.append(try Stream.message("before", id: "before"), to: "EVENTS")
            try await Fixture.elapse(.milliseconds(1_000))
            let began = clock.now
            let first = try await bus.append(try Stream.message("one", id: "x"), to: "EVENTS")

            // The hashes of ids take turns meanwhile: 1.5 s after the first message of all.
            var number = 0
            while clock.now - began < .milliseconds(1_200) {
                number += 1
                _ = try await bus.append(try Stream.message("other", id: "other-\(number)"), to: "EVENTS")
                let again = try await bus.append(try Stream.message("one", id: "x"), to: "EVENTS")
                #expect(again == AppendReceipt(id: first.id, isDuplicate: true))
                try await Fixture.elapse(.milliseconds(100))
            }
            try await eventually {
                try await !bus.append(try Stream.message("one", id: "x"), to: "EVENTS").isDuplicate
            }
            // The bus counts in whole milliseconds of another clock.
            #expect(clock.now - began >= window - .milliseconds(2))
        }
    }

    @Test(arguments: BusKind.allCases)
    func `acknowledgements nobody waits for arrive, those of a lone message too`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(inFlight: 500))) { $0.ack() }

            try await Fixture.fill(bus, ["alone"])
            try await eventually { try await bus.stream("EVENTS").messages == 0 }
            _ = try await bus.append((0..<700).map { try Stream.message("n\($0)") }, to: "EVENTS")

            try await eventually { try await bus.stream("EVENTS").messages == 0 && probe.values.count == 701 }
            #expect(probe.values.allSatisfy { $0.deliveries == 1 })
        }
    }

    // nats-server: TestJetStreamAckAllRedelivery
    @Test(arguments: BusKind.allCases)
    func `acknowledging all settles what came before, in whichever hands`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 1_000))
            let other = try cell.makeBus()
            let here = BusProbe(try await bus.consume(try Fixture.consumer(inFlight: 2)))
            let there = BusProbe(try await other.consume(try Fixture.consumer(inFlight: 2)))
            let ids = try await Fixture.fill(bus, ["a", "b", "c", "d", "e"])
            try await eventually { here.values.count == 2 && there.values.count == 2 }
            let third = try #require((here.values + there.values).first { $0.id == ids[2] })

            #expect(try await third.ackAll() == 3)

            let info = try await Fixture.info(bus)
            #expect(info.acknowledgeFloor >= ids[2] && info.acknowledgeFloor < ids[3])
            #expect(try await third.ackAll() == 0)
        }
    }
}
