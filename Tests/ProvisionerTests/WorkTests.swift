import Logging
import MessageBus
import StoreDomain
import Synchronization
import Testing

@testable import Provisioner

@Suite(.timeLimit(.minutes(1))) struct WorkTests {
    @Test func `an older generation is superseded, the same is not`() async throws {
        let board = GenerationBoard()
        let store = try Fixtures.storeID()
        board.note(store, generation: 2)
        board.note(store, generation: 1)
        #expect(board.isSuperseded(store, generation: 1))
        #expect(!board.isSuperseded(store, generation: 2))
        async let waiting: Void = board.waitUntilSuperseded(store, generation: 2)
        board.note(store, generation: 3)
        await waiting
    }

    @Test func `waiting for a change ends by change, timeout and cancellation`() async {
        let signal = ChangeSignal()
        let version = signal.version
        await signal.wait(past: version, for: .milliseconds(5))
        let task = Task { await signal.wait(past: version) }
        task.cancel()
        await task.value
        signal.notify()
        await signal.wait(past: version)
        #expect(signal.version == version + 1)
    }

    @Test func `as many as there are slots work, as many again wait, the rest is turned away`() async {
        let slots = WorkSlots(1)
        let gate = ChangeSignal()
        let running = RunCount()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let done: Void? = await slots.run {
                        running.add()
                        await gate.wait(past: 0)
                    }
                    return done != nil
                }
            }
            var outcomes: [Bool] = []
            // Two are turned away at once; then the gate opens for the others.
            while let outcome = await group.next() {
                outcomes.append(outcome)
                if outcomes.count == 2 { gate.notify() }
            }
            return outcomes
        }
        #expect(outcomes == [false, false, true, true])
        #expect(running.value == 2)
    }

    private func leases(_ bus: MemoryMessageBus, _ timeToLive: Duration = .milliseconds(60)) -> StoreLeases {
        var leases = StoreLeases(bus: bus, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        leases.timeToLive = timeToLive
        return leases
    }

    @Test func `a store has one worker, in this process and in any other`() async throws {
        let bus = MemoryMessageBus()
        let store = try Fixtures.storeID()
        let (mine, others) = (leases(bus), leases(bus.peer()))
        let inner = try await mine.withLease(on: store) { () -> [Bool] in
            // Longer than the lease lives: it is renewed.
            try await Task.sleep(for: .milliseconds(200))
            return [
                try await mine.withLease(on: store) { true } ?? false,
                try await others.withLease(on: store) { true } ?? false,
            ]
        }
        #expect(inner == [false, false])
        #expect(try await others.withLease(on: store) { true } == true)
        #expect(try await mine.withLease(on: store) { true } == true)
    }

    @Test func `work stops when another worker took the store over`() async throws {
        let bus = MemoryMessageBus()
        let other = bus.peer()
        let store = try Fixtures.storeID()
        await #expect(throws: StoreLeases.Lost.self) {
            _ = try await leases(bus).withLease(on: store) {
                // This process was away for longer than the lease lives.
                let own = try await bus.acquireLease(StoreLeases.name(of: store), timeToLive: .seconds(1))
                try await bus.releaseLease(try #require(own))
                _ = try #require(
                    try await other.acquireLease(StoreLeases.name(of: store), timeToLive: .seconds(60))
                )
                try await Task.sleep(for: .seconds(30))
            }
        }
    }

    @Test func `a lease that ran out and nobody took is taken anew`() async throws {
        let bus = MemoryMessageBus()
        let other = bus.peer()
        let store = try Fixtures.storeID()
        let isFree = try await leases(bus).withLease(on: store) { () -> Bool in
            let own = try await bus.acquireLease(StoreLeases.name(of: store), timeToLive: .seconds(1))
            try await bus.releaseLease(try #require(own))
            try await Task.sleep(for: .milliseconds(150))
            return try await other.acquireLease(StoreLeases.name(of: store), timeToLive: .seconds(1)) != nil
        }
        #expect(isFree == false)
    }

    @Test func `a deleted store stays marked, for this process and any other`() async throws {
        let bus = MemoryMessageBus()
        let (mine, others) = (leases(bus), leases(bus.peer()))
        let store = try Fixtures.storeID()
        #expect(try await !mine.isDeleted(store))
        #expect(try await !others.isDeleted(store))
        try await mine.markDeleted(store)
        try await mine.markDeleted(store)
        #expect(try await mine.isDeleted(store))
        #expect(try await others.isDeleted(store))
        #expect(try await others.isDeleted(store))
    }
}

private final class RunCount: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}
