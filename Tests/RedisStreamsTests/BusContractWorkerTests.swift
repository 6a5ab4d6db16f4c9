import Foundation
import Logging
import MessageBus
import Synchronization
import TestSupport
import Testing

/// Draining, and the runner that services work with.
@Suite struct BusContractWorkerTests {
    private typealias Fixture = BusContractFixture

    private static func runner(
        _ bus: any MessageBus,
        concurrency: Int,
        handler: @escaping ConsumerRunner.Handler
    ) throws -> ConsumerRunner {
        ConsumerRunner(
            bus: bus,
            stream: try BusContractStreamTests.stream("EVENTS", .workQueue),
            consumer: try Fixture.consumer(),
            concurrency: concurrency,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            handler: handler
        )
    }

    @Test(arguments: BusKind.allCases)
    func `draining gives what was not begun to others at once, uncounted`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (one, two) = (try await Fixture.open(cell), try await Fixture.open(cell))
            try await Fixture.fill(one, (0..<10).map { "n\($0)" })
            // Taken by nobody: the sequence is held, not read.
            let unread = try await one.consume(try Fixture.consumer(inFlight: 10))

            await one.drain(within: .seconds(2))
            let probe = BusProbe(try await two.consume(try Fixture.consumer()))

            let seen = try await probe.first(10)
            #expect(Set(seen.map(\.id)).count == 10)
            unread.cancel()
            let error = await #expect(throws: BusError.self) { try await one.consume(try Fixture.consumer()) }
            #expect(error?.code == .closed)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `draining waits for what is being worked on`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            guard kind == .redis else { return }
            let (one, two) = (try await Fixture.open(cell), try await Fixture.open(cell))
            try await Fixture.fill(one, ["a"])
            let probe = BusProbe(try await one.consume(try Fixture.consumer()))
            let delivery = try await probe.first(1)[0]

            let drain = Task { await one.drain(within: .seconds(20)) }
            try await eventually { probe.hasEnded }
            #expect(try await delivery.ackSync())
            await drain.value

            let other = BusProbe(try await two.consume(try Fixture.consumer()))
            let last = try await Fixture.fill(two, ["b"])
            #expect(try await other.first(1).map(\.id) == last)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a runner works through everything, again where a handler throws`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let tries = Mutex<[String: Int]>([:])
            let runner = try Self.runner(bus, concurrency: 8) { delivery in
                let subject = delivery.message.subject.description
                let count = tries.withLock { tries in
                    tries[subject, default: 0] += 1
                    return tries[subject] ?? 0
                }
                if subject.hasSuffix("7"), count == 1 { throw CancellationError() }
                return subject.hasSuffix("9") ? .term(reason: "odd") : .ack
            }
            let running = Task { try await runner.run() }

            try await Fixture.fill(bus, (0..<50).map { "n\($0)" })
            try await eventually { tries.withLock { $0.values.reduce(0, +) } == 55 }
            try await eventually { try await cell.deadLetters(of: "EVENTS", on: bus).count == 5 }

            running.cancel()
            _ = await running.result
            #expect(tries.withLock { $0.count } == 50)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a runner that is to end settles what its handlers were at, however late they end`(kind: BusKind)
        async throws
    {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell)
            let begun = Mutex(0)
            let runner = try Self.runner(bus, concurrency: 2) { delivery in
                begun.withLock { $0 += 1 }
                // Ends by being cancelled, some time after whoever renews the hold has.
                do { try await Task.sleep(for: .seconds(60)) } catch {}
                await Task { do { try await Task.sleep(for: .milliseconds(100)) } catch {} }.value
                if delivery.message.subject.description.hasSuffix("left") { throw CancellationError() }
                return .ack
            }
            let running = Task { try await runner.run() }
            try await Fixture.fill(bus, ["left", "done"])
            try await eventually { begun.withLock { $0 } == 2 }

            running.cancel()
            _ = await running.result

            let other = BusProbe(try await bus.consume(try Fixture.consumer()))
            let again = try await other.first(1)
            #expect(again.map { $0.message.subject.description.hasSuffix("left") } == [true])
            #expect(try await bus.stream("EVENTS").messages == 1)
        }
    }
}
