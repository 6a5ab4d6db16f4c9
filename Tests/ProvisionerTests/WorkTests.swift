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
        let running = Mutex(0)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let done: Void? = await slots.run {
                        running.withLock { $0 += 1 }
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
        #expect(running.withLock { $0 } == 2)
    }

    @Test func `work stops when its lease is lost`() async throws {
        let bus = MemoryMessageBus()
        var leases = StoreLeases(bus: bus, logger: .init(label: "test"))
        leases.timeToLive = .milliseconds(80)
        let store = try Fixtures.storeID()
        let lease = try #require(try await leases.acquire(store))
        #expect(try await leases.acquire(store) == nil)
        try await bus.releaseLease(lease)
        await #expect(throws: StoreLeases.Lost.self) {
            try await leases.holding(lease) { try await Task.sleep(for: .seconds(30)) }
        }
    }

    @Test func `a lease is kept while the work lasts and given back after it`() async throws {
        let bus = MemoryMessageBus()
        var leases = StoreLeases(bus: bus, logger: .init(label: "test"))
        leases.timeToLive = .milliseconds(60)
        let store = try Fixtures.storeID()
        let lease = try #require(try await leases.acquire(store))
        let holder = leases
        let taken = try await leases.holding(lease) { () -> Bool in
            try await Task.sleep(for: .milliseconds(200))
            return try await holder.acquire(store) != nil
        }
        #expect(!taken)
        #expect(try await leases.acquire(store) != nil)
    }

    @Test func `a deleted store stays marked`() async throws {
        let leases = StoreLeases(bus: MemoryMessageBus(), logger: .init(label: "test"))
        let store = try Fixtures.storeID()
        #expect(try await !leases.isDeleted(store))
        #expect(try await !leases.isDeleted(store))
        try await leases.markDeleted(store)
        try await leases.markDeleted(store)
        #expect(try await leases.isDeleted(store))
    }
}
