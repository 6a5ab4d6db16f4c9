import Foundation
import Logging
import MessageBus
import Synchronization
import TestSupport
import Testing

@Suite struct BusContractConsumerTests {
    private static func consumer(
        _ durable: String = "worker",
        filters: [String] = [],
        from policy: ConsumerConfiguration.DeliverPolicy = .all,
        wait: Duration = .seconds(30),
        backoff: [Duration] = [],
        maximum: Int = 0,
        inFlight: Int = 64
    ) throws -> ConsumerConfiguration {
        ConsumerConfiguration(
            stream: "EVENTS",
            durable: durable,
            filters: try filters.map { try SubjectFilter($0) },
            deliverPolicy: policy,
            acknowledgeWait: wait,
            backoff: backoff,
            maximumDeliveries: maximum,
            maximumInFlight: inFlight
        )
    }

    private static func open(_ cell: BusContractCell, _ retention: StreamConfiguration.Retention = .workQueue)
        async throws -> any MessageBus
    {
        let bus = try cell.makeBus()
        try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", retention))
        return bus
    }

    private static func fill(_ bus: any MessageBus, _ names: [String]) async throws -> [StreamID] {
        var ids: [StreamID] = []
        for name in names {
            ids.append(try await bus.append(try BusContractStreamTests.message(name), to: "EVENTS").id)
        }
        return ids
    }

    @Test(arguments: BusKind.allCases)
    func `members share the messages, and what is acknowledged never comes again`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (one, two) = (try await Self.open(cell), try await Self.open(cell))
            let consumer = try Self.consumer(wait: .milliseconds(400))
            let acknowledge: @Sendable (Delivery) async -> Void = { delivery in
                do { #expect(try await delivery.ackSync()) } catch { Issue.record(error) }
            }
            let first = BusProbe(try await one.consume(consumer), acknowledge)
            let second = BusProbe(try await two.consume(consumer), acknowledge)

            let ids = try await Self.fill(one, (0..<300).map { "n\($0)" })
            try await eventually { first.values.count + second.values.count >= 300 }
            // Whatever had not been acknowledged would come again after the wait, and before this last one.
            let began = ContinuousClock.now
            try await eventually { ContinuousClock.now - began > .milliseconds(900) }
            let last = try await Self.fill(two, ["last"])
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
            let bus = try await Self.open(cell, .limits(maximumMessages: 1000))
            let ids = try await Self.fill(bus, ["a", "b", "c"])

            let metrics = BusProbe(try await bus.consume(try Self.consumer("metrics")))
            let store = BusProbe(try await bus.consume(try Self.consumer("store")))

            #expect(try await metrics.first(3).map(\.id) == ids)
            #expect(try await store.first(3).map(\.id) == ids)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a silent delivery comes again after the acknowledge wait, counted`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Self.open(cell)
            let probe = BusProbe(try await bus.consume(try Self.consumer(wait: .milliseconds(400))))
            let began = ContinuousClock.now
            let ids = try await Self.fill(bus, ["a"])

            let seen = try await probe.first(3)

            #expect(seen.map(\.id) == [ids[0], ids[0], ids[0]])
            #expect(seen.map(\.deliveries) == [1, 2, 3])
            #expect(ContinuousClock.now - began >= .milliseconds(800))
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a late acknowledgement counts, and only once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Self.open(cell)
            let probe = BusProbe(try await bus.consume(try Self.consumer(wait: .milliseconds(300))))
            _ = try await Self.fill(bus, ["a"])
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
            let bus = try await Self.open(cell)
            let probe = BusProbe(try await bus.consume(try Self.consumer()))
            _ = try await Self.fill(bus, ["a"])

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
            let bus = try await Self.open(cell)
            let times = Mutex<[ContinuousClock.Instant]>([])
            let consumer = try Self.consumer(backoff: [.milliseconds(200), .milliseconds(600)])
            let probe = BusProbe(try await bus.consume(consumer)) { delivery in
                times.withLock { $0.append(.now) }
                do { _ = try await delivery.nak() } catch { Issue.record(error) }
            }
            _ = try await Self.fill(bus, ["a"])

            _ = try await probe.first(3)

            let seen = times.withLock { $0 }
            #expect(seen[1] - seen[0] >= .milliseconds(180))
            #expect(seen[2] - seen[1] >= .milliseconds(580))
            probe.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a message being worked on is not delivered again`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Self.open(cell)
            let probe = BusProbe(try await bus.consume(try Self.consumer(wait: .milliseconds(600))))
            _ = try await Self.fill(bus, ["a"])
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

    @Test(arguments: BusKind.allCases)
    func `a terminated message becomes a dead letter with its history`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Self.open(cell)
            let probe = BusProbe(try await bus.consume(try Self.consumer()))
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

    @Test(arguments: BusKind.allCases)
    func `a message delivered too often becomes a dead letter, others flow on`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Self.open(cell)
            let consumer = try Self.consumer(wait: .milliseconds(200), maximum: 3)
            let probe = BusProbe(try await bus.consume(consumer)) { delivery in
                if delivery.message.subject.description != "events.poison" {
                    do { _ = try await delivery.ackSync() } catch { Issue.record(error) }
                }
            }
            let ids = try await Self.fill(bus, ["poison", "a", "b"])

            try await eventually { try await cell.deadLetters(of: "EVENTS", on: bus).count == 1 }

            let dead = try await cell.deadLetters(of: "EVENTS", on: bus)
            #expect(dead[0].message.headers[MessageHeaders.Name.deadDeliveries] == "3")
            #expect(dead[0].message.headers[MessageHeaders.Name.deadSequence] == "\(ids[0])")
            #expect(dead[0].message.headers[MessageHeaders.Name.deadReason] == "max-deliver")
            #expect(probe.values.count { $0.id == ids[0] } == 3)
            #expect(Set(probe.values.map(\.id)) == Set(ids))
        }
    }

    @Test(arguments: BusKind.allCases)
    func `an instance never holds more than it may`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Self.open(cell)
            _ = try await Self.fill(bus, (0..<20).map { "n\($0)" })
            let probe = BusProbe(try await bus.consume(try Self.consumer(inFlight: 3)))

            for taken in stride(from: 3, through: 18, by: 3) {
                let held = try await probe.first(taken)
                #expect(probe.values.count == taken)
                for delivery in held.suffix(3) { #expect(try await delivery.ackSync()) }
            }

            #expect(try await probe.first(20).count == 20)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a filter passes only what the consumer wants and leaves the rest to others`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Self.open(cell)
            let ids = try await Self.fill(bus, ["east.1", "west.1", "east.2", "west.2"])

            let east = BusProbe(try await bus.consume(try Self.consumer("east", filters: ["events.east.*"])))
            #expect(try await east.first(2).map(\.id) == [ids[0], ids[2]])
            for delivery in east.values { #expect(try await delivery.ackSync()) }
            let west = BusProbe(try await bus.consume(try Self.consumer("west", filters: ["events.west.>"])))

            #expect(try await west.first(2).map(\.id) == [ids[1], ids[3]])
            #expect(east.values.count == 2)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a new consumer begins where its policy says, a known one where it was`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Self.open(cell, .limits(maximumMessages: 1000))
            let ids = try await Self.fill(bus, ["a", "b", "c"])

            let after = BusProbe(try await bus.consume(try Self.consumer("after", from: .after(ids[1]))))
            let new = BusProbe(try await bus.consume(try Self.consumer("new", from: .new)))
            let more = try await Self.fill(bus, ["d"])
            #expect(try await after.first(2).map(\.id) == [ids[2], more[0]])
            #expect(try await new.first(1).map(\.id) == more)
            for delivery in new.values { #expect(try await delivery.ackSync()) }
            new.cancel()
            try await eventually { new.hasEnded }
            let meanwhile = try await Self.fill(bus, ["e"])
            let again = BusProbe(try await bus.consume(try Self.consumer("new", from: .new)))

            #expect(try await again.first(1).map(\.id) == meanwhile)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `draining gives what was not begun to others at once, uncounted`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (one, two) = (try await Self.open(cell), try await Self.open(cell))
            _ = try await Self.fill(one, (0..<10).map { "n\($0)" })
            // Taken by nobody: the sequence is held, not read.
            let unread = try await one.consume(try Self.consumer(inFlight: 10))

            await one.drain(within: .seconds(2))
            let probe = BusProbe(try await two.consume(try Self.consumer()))

            let seen = try await probe.first(10)
            #expect(Set(seen.map(\.id)).count == 10)
            unread.cancel()
            let error = await #expect(throws: BusError.self) { try await one.consume(try Self.consumer()) }
            #expect(error?.code == .closed)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `draining waits for what is being worked on`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            guard kind == .redis else { return }
            let (one, two) = (try await Self.open(cell), try await Self.open(cell))
            _ = try await Self.fill(one, ["a"])
            let probe = BusProbe(try await one.consume(try Self.consumer()))
            let delivery = try await probe.first(1)[0]

            let drain = Task { await one.drain(within: .seconds(20)) }
            try await eventually { probe.hasEnded }
            #expect(try await delivery.ackSync())
            await drain.value

            let other = BusProbe(try await two.consume(try Self.consumer()))
            let last = try await Self.fill(two, ["b"])
            #expect(try await other.first(1).map(\.id) == last)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a runner works through everything, again where a handler throws`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Self.open(cell)
            let tries = Mutex<[String: Int]>([:])
            let runner = ConsumerRunner(
                bus: bus,
                stream: try BusContractStreamTests.stream("EVENTS", .workQueue),
                consumer: try Self.consumer(),
                concurrency: 8,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { delivery in
                let subject = delivery.message.subject.description
                let count = tries.withLock { tries in
                    tries[subject, default: 0] += 1
                    return tries[subject] ?? 0
                }
                if subject.hasSuffix("7"), count == 1 { throw CancellationError() }
                return subject.hasSuffix("9") ? .term(reason: "odd") : .ack
            }
            let running = Task { try await runner.run() }

            _ = try await Self.fill(bus, (0..<50).map { "n\($0)" })
            try await eventually { tries.withLock { $0.values.reduce(0, +) } == 55 }
            try await eventually { try await cell.deadLetters(of: "EVENTS", on: bus).count == 5 }

            running.cancel()
            _ = await running.result
            #expect(tries.withLock { $0.count } == 50)
        }
    }
}
