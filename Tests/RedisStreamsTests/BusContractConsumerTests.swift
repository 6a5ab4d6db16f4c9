import Foundation
import Logging
import MessageBus
import Synchronization
import TestSupport
import Testing

@Suite struct BusContractConsumerTests {
    private typealias Fixture = BusContractFixture

    @Test(arguments: BusKind.allCases)
    func `members share the messages, and what is acknowledged never comes again`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (one, two) = (try await Fixture.open(cell), try await Fixture.open(cell))
            let consumer = try Fixture.consumer(wait: .milliseconds(400))
            let acknowledge: @Sendable (Delivery) async -> Void = { delivery in
                do { #expect(try await delivery.ackSync()) } catch { Issue.record(error) }
            }
            let first = BusProbe(try await one.consume(consumer), acknowledge)
            let second = BusProbe(try await two.consume(consumer), acknowledge)

            let ids = try await Fixture.fill(one, (0..<300).map { "n\($0)" })
            try await eventually { first.values.count + second.values.count >= 300 }
            // Whatever had not been acknowledged would come again after the wait, and before this last one.
            let began = ContinuousClock.now
            try await eventually { ContinuousClock.now - began > .milliseconds(900) }
            let last = try await Fixture.fill(two, ["last"])
            try await eventually { (first.values + second.values).contains { $0.id == last[0] } }

            let all = (first.values + second.values)
            #expect(all.count == 301)
            #expect(Set(all.map(\.id)) == Set(ids + last))
            #expect(all.allSatisfy { $0.deliveries == 1 })
        }
    }

    @Test(arguments: BusKind.allCases)
    func `each consumer of a stream gets all of it`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 1000))
            let ids = try await Fixture.fill(bus, ["a", "b", "c"])

            let metrics = BusProbe(try await bus.consume(try Fixture.consumer("metrics")))
            let store = BusProbe(try await bus.consume(try Fixture.consumer("store")))

            #expect(try await metrics.first(3).map(\.id) == ids)
            #expect(try await store.first(3).map(\.id) == ids)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a silent delivery comes again after the acknowledge wait, counted`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(wait: .milliseconds(400))))
            let began = ContinuousClock.now
            let ids = try await Fixture.fill(bus, ["a"])

            let seen = try await probe.first(3)

            #expect(seen.map(\.id) == [ids[0], ids[0], ids[0]])
            #expect(seen.map(\.deliveries) == [1, 2, 3])
            #expect(ContinuousClock.now - began >= .milliseconds(800))
        }
    }

    // nats-server: TestJetStreamRedeliverAndLateAck
    @Test(arguments: BusKind.allCases)
    func `a late acknowledgement counts, and only once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(wait: .milliseconds(300))))
            try await Fixture.fill(bus, ["a"])
            let seen = try await probe.first(2)

            #expect(try await seen[0].ackSync())
            #expect(try await !seen[0].ackSync())
            #expect(try await !seen[1].ackSync())
            #expect(try await !seen[1].nak())
            #expect(try await !seen[1].inProgress())
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a nak brings a message back at once or after its delay`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer()))
            try await Fixture.fill(bus, ["a"])

            let first = try await probe.first(1)
            #expect(try await first[0].nak())
            let second = try await probe.first(2)
            let began = ContinuousClock.now
            #expect(try await second[1].nak(delay: .milliseconds(700)))
            let third = try await probe.first(3)

            #expect(third.map(\.deliveries) == [1, 2, 3])
            #expect(ContinuousClock.now - began >= .milliseconds(650))
            #expect(try await third[2].ackSync())
            #expect(try await !third[1].nak())
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a plain nak waits for the consumer's backoff`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let times = Mutex<[ContinuousClock.Instant]>([])
            let consumer = try Fixture.consumer(backoff: [.milliseconds(200), .milliseconds(600)])
            let probe = BusProbe(try await bus.consume(consumer)) { delivery in
                times.withLock { $0.append(.now) }
                do { _ = try await delivery.nak() } catch { Issue.record(error) }
            }
            try await Fixture.fill(bus, ["a"])

            // Noted after the probe has them: a slow machine may show three of them and two of the times.
            try await eventually("three times") { times.withLock { $0.count } >= 3 }

            let seen = times.withLock { $0 }
            #expect(seen[1] - seen[0] >= .milliseconds(180))
            #expect(seen[2] - seen[1] >= .milliseconds(580))
            probe.cancel()
        }
    }

    // nats-server: TestJetStreamWorkQueueWorkingIndicator
    @Test(arguments: BusKind.allCases)
    func `a message being worked on is not delivered again`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer(wait: .milliseconds(600))))
            try await Fixture.fill(bus, ["a"])
            let delivery = try await probe.first(1)[0]

            let began = ContinuousClock.now
            try await eventually {
                #expect(try await delivery.inProgress())
                try await Task.sleep(for: .milliseconds(50))
                return ContinuousClock.now - began > .milliseconds(1_500)
            }

            #expect(probe.values.count == 1)
            #expect(try await delivery.ackSync())
        }
    }

    // nats-server: TestJetStreamWorkQueueTerminateDelivery
    @Test(arguments: BusKind.allCases)
    func `a terminated message becomes a dead letter with its history`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let probe = BusProbe(try await bus.consume(try Fixture.consumer()))
            var message = try BusContractStreamTests.message("bad")
            try message.headers.add("Store-Id", "s-1")
            let id = try await bus.append(message, to: "EVENTS").id
            let delivery = try await probe.first(1)[0]

            #expect(try await delivery.term(reason: "cannot be read:\r\nNrs-Forged: yes"))
            #expect(try await !delivery.term(reason: "again"))

            let dead = try await cell.deadLetters(of: "EVENTS", on: bus)
            #expect(dead.count == 1)
            let headers = try #require(dead.first?.message.headers)
            #expect(dead.first?.message.body == message.body)
            #expect(dead.first?.message.subject == message.subject)
            #expect(headers["Store-Id"] == "s-1")
            #expect(headers[MessageHeaders.Name.deadStream] == "EVENTS")
            #expect(headers[MessageHeaders.Name.deadSequence] == "\(id)")
            #expect(headers[MessageHeaders.Name.deadConsumer] == "worker")
            #expect(headers[MessageHeaders.Name.deadDeliveries] == "1")
            #expect(headers[MessageHeaders.Name.deadReason]?.hasPrefix("cannot be read:") == true)
            #expect(headers["Nrs-Forged"] == nil)
        }
    }

    // nats-server: TestJetStreamConsumerMaxDeliveries
    @Test(arguments: BusKind.allCases)
    func `a message delivered too often becomes a dead letter, others flow on`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let consumer = try Fixture.consumer(wait: .milliseconds(200), maximum: 3)
            let probe = BusProbe(try await bus.consume(consumer)) { delivery in
                if delivery.message.subject.description != "events.poison" {
                    do { _ = try await delivery.ackSync() } catch { Issue.record(error) }
                }
            }
            let ids = try await Fixture.fill(bus, ["poison", "a", "b"])

            try await eventually { try await cell.deadLetters(of: "EVENTS", on: bus).count == 1 }

            let dead = try #require(try await cell.deadLetters(of: "EVENTS", on: bus).first).message
            #expect(dead.headers[MessageHeaders.Name.deadDeliveries] == "3")
            #expect(dead.headers[MessageHeaders.Name.deadSequence] == "\(ids[0])")
            #expect(dead.headers[MessageHeaders.Name.deadReason] == "max-deliver")
            #expect(probe.values.count { $0.id == ids[0] } == 3)
            #expect(Set(probe.values.map(\.id)) == Set(ids))
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a filter passes only what the consumer wants and leaves the rest to others`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let ids = try await Fixture.fill(bus, ["east.1", "west.1", "east.2", "west.2"])

            let east = BusProbe(try await bus.consume(try Fixture.consumer("east", filters: ["events.east.*"])))
            #expect(try await east.first(2).map(\.id) == [ids[0], ids[2]])
            for delivery in east.values { #expect(try await delivery.ackSync()) }
            let west = BusProbe(try await bus.consume(try Fixture.consumer("west", filters: ["events.west.>"])))

            #expect(try await west.first(2).map(\.id) == [ids[1], ids[3]])
            #expect(east.values.count == 2)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a new consumer begins where its policy says, a known one where it was`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 1000))
            let ids = try await Fixture.fill(bus, ["a", "b", "c"])

            let after = BusProbe(try await bus.consume(try Fixture.consumer("after", from: .after(ids[1]))))
            let new = BusProbe(try await bus.consume(try Fixture.consumer("new", from: .new)))
            let more = try await Fixture.fill(bus, ["d"])
            #expect(try await after.first(2).map(\.id) == [ids[2], more[0]])
            #expect(try await new.first(1).map(\.id) == more)
            for delivery in new.values { #expect(try await delivery.ackSync()) }
            new.cancel()
            try await eventually { new.hasEnded }
            let meanwhile = try await Fixture.fill(bus, ["e"])
            let again = BusProbe(try await bus.consume(try Fixture.consumer("new", from: .new)))

            #expect(try await again.first(1).map(\.id) == meanwhile)
        }
    }
}
