import Logging
import MessageBus
import TestSupport
import Testing

@Suite struct BusContractDeadLetterTests {
    private typealias Name = MessageHeaders.Name

    private static func die(_ bus: any BusAdministration, _ names: [String], reason: String = "bad") async throws {
        let probe = BusProbe(try await bus.consume(try BusContractFixture.consumer())) { delivery in
            do { _ = try await delivery.term(reason: reason) } catch { Issue.record(error) }
        }
        try await BusContractFixture.fill(bus, names)
        try await eventually { try await bus.stream("EVENTS").deadLetters == names.count }
        probe.cancel()
        try await eventually { probe.hasEnded }
    }

    private static func oldest(on bus: any BusAdministration) async throws -> StoredMessage {
        try #require(try await bus.deadLetters(of: "EVENTS", after: .zero, limit: 1).first)
    }

    // nats-server: TestJetStreamWorkQueueTerminateDelivery (the reason reaches the advisory)
    @Test(arguments: BusKind.allCases)
    func `a dead letter carries its whole history`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell)
            let probe = BusProbe(try await bus.consume(try BusContractFixture.consumer()))
            var message = try BusContractStreamTests.message("bad", id: "row-1")
            try message.headers.add("Store-Id", "s-1")
            try message.headers.add("Nrs-Dlq-Reason", "somebody else's")
            let id = try await bus.append(message, to: "EVENTS").id
            let delivery = try await probe.first(1)[0]
            #expect(try await delivery.term(reason: "no such store\nline one\r\nNrs-Forged: yes"))

            let dead = try await Self.oldest(on: bus)

            let headers = dead.message.headers
            #expect(dead.message.body == message.body && dead.message.subject == message.subject)
            #expect(headers["Store-Id"] == "s-1" && headers[Name.messageID] == "row-1")
            #expect(headers[Name.deadStream] == "EVENTS" && headers[Name.deadConsumer] == "worker")
            #expect(headers[Name.deadSequence] == "\(id)" && headers[Name.deadDeliveries] == "1")
            #expect(headers.values(of: Name.deadReason) == ["no such store"])
            #expect(headers[Name.deadError]?.hasPrefix("line one") == true)
            #expect(headers["Nrs-Forged"] == nil)
            #expect(headers[Name.deadFirstSeen] == "\(id.milliseconds)")
            let died = try #require(headers[Name.deadTime].flatMap { UInt64($0) })
            #expect(died >= id.milliseconds)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `dead letters are listed by pages`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell)
            try await Self.die(bus, (0..<5).map { "n\($0)" })

            let first = try await bus.deadLetters(of: "EVENTS", after: .zero, limit: 2)
            let second = try await bus.deadLetters(of: "EVENTS", after: try #require(first.last).id, limit: 2)
            let third = try await bus.deadLetters(of: "EVENTS", after: try #require(second.last).id, limit: 2)

            #expect([first, second, third].map(\.count) == [2, 2, 1])
            #expect((first + second + third).map(\.message.subject.description) == (0..<5).map { "events.n\($0)" })
            let last = try #require(third.last).id
            #expect(try await bus.deadLetters(of: "EVENTS", after: last, limit: 2).isEmpty)
            let error = await #expect(throws: BusError.self) {
                try await bus.deadLetters(of: "NOWHERE", after: .zero, limit: 1)
            }
            #expect(error?.code == .unknownStream)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a redriven message comes back as it was, once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell)
            var message = try BusContractStreamTests.message("bad", id: "row-1")
            message.reply = try Subject("replies.here")
            try message.headers.add("Store-Id", "s-1")
            let first = try await bus.append(message, to: "EVENTS").id
            let probe = BusProbe(try await bus.consume(try BusContractFixture.consumer()))
            try await probe.first(1)[0].term(reason: "bad\nbecause")
            let dead = try await Self.oldest(on: bus)

            let receipt = try await bus.redrive(dead.id, of: "EVENTS")
            let error = await #expect(throws: BusError.self) { try await bus.redrive(dead.id, of: "EVENTS") }
            let back = try await probe.first(2)[1]

            #expect(error?.code == .messageNotFound)
            #expect(receipt.id > first && !receipt.isDuplicate && back.id == receipt.id && back.deliveries == 1)
            #expect(back.message.subject == message.subject && back.message.body == message.body)
            #expect(back.message.reply == message.reply)
            let names = back.message.headers.all.map(\.name)
            #expect(names.sorted() == [Name.formerMessageID, Name.redrive, "Store-Id"].sorted())
            #expect(back.message.headers[Name.redrive] == "1")
            #expect(back.message.headers[Name.formerMessageID] == "row-1")
            #expect(try await bus.stream("EVENTS").deadLetters == 0)

            #expect(try await back.term(reason: "still bad"))
            let again = try await Self.oldest(on: bus)
            #expect(again.message.headers[Name.redrive] == "1")
            _ = try await bus.redrive(again.id, of: "EVENTS")
            let second = try await probe.first(3)[2]
            #expect(second.message.headers[Name.redrive] == "2")
            #expect(second.message.headers[Name.formerMessageID] == "row-1")
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a reason is but text: the message stays what it was`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell)
            try await Self.die(bus, ["bad"], reason: "malformed: no such field")

            let dead = try await Self.oldest(on: bus)
            #expect(dead.message.subject.description == "events.bad")
            #expect(dead.message.headers[Name.deadReason] == "malformed: no such field")
            _ = try await bus.redrive(dead.id, of: "EVENTS")
            let probe = BusProbe(try await bus.consume(try BusContractFixture.consumer()))
            #expect(try await probe.first(1)[0].message.body == Array("bad".utf8))
        }
    }

    @Test(arguments: BusKind.allCases)
    func `what the last try threw stands on the dead letter`(kind: BusKind) async throws {
        struct Broken: Error, CustomStringConvertible { let description = "the disk is full" }
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell)
            let runner = ConsumerRunner(
                bus: bus,
                stream: try BusContractStreamTests.stream("EVENTS", .workQueue),
                consumer: try BusContractFixture.consumer(maximum: 2),
                concurrency: 1,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { _ in throw Broken() }
            let running = Task { try await runner.run() }
            try await BusContractFixture.fill(bus, ["a"])

            try await eventually { try await bus.stream("EVENTS").deadLetters == 1 }
            running.cancel()
            _ = await running.result

            let headers = try await Self.oldest(on: bus).message.headers
            #expect(headers[Name.deadReason] == "max-deliver")
            #expect(headers[Name.deadError] == "the disk is full")
            #expect(headers[Name.deadDeliveries] == "2")
        }
    }

    @Test(arguments: BusKind.allCases)
    func `whoever listens is told of dead letters`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await BusContractFixture.open(cell)
            let events = bus.events()
            let probe = BusProbe(
                try await bus.consume(try BusContractFixture.consumer(wait: .milliseconds(150), maximum: 1))
            )
            try await BusContractFixture.fill(bus, ["a"])
            _ = try await probe.first(1)

            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .deadLetters(stream: "EVENTS", consumer: "worker", count: 1))
        }
    }
}
