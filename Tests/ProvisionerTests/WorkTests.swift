import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts
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

    private func leases(_ bus: MemoryMessageBus, _ timeToLive: Duration = .milliseconds(60)) -> StoreLeases {
        var leases = StoreLeases(bus: bus, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        leases.timeToLive = timeToLive
        return leases
    }

    @Test func `a store has one worker, in this process and in any other`() async throws {
        let bus = MemoryMessageBus()
        let store = try Fixtures.storeID()
        let (mine, others) = (leases(bus), leases(bus.peer()))
        let inner = try await mine.withLease(on: store) { _ -> [Bool] in
            // Longer than the lease lives: it is renewed.
            try await Task.sleep(for: .milliseconds(200))
            return [
                try await mine.withLease(on: store) { _ in true } ?? false,
                try await others.withLease(on: store) { _ in true } ?? false,
            ]
        }
        #expect(inner == [false, false])
        #expect(try await others.withLease(on: store) { _ in true } == true)
        #expect(try await mine.withLease(on: store) { _ in true } == true)
    }

    @Test func `work stops when another worker took the store over`() async throws {
        let bus = MemoryMessageBus()
        let other = bus.peer()
        let store = try Fixtures.storeID()
        await #expect(throws: StoreLeases.Lost.self) {
            _ = try await leases(bus).withLease(on: store) { _ in
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
        let isFree = try await leases(bus).withLease(on: store) { _ -> Bool in
            let own = try await bus.acquireLease(StoreLeases.name(of: store), timeToLive: .seconds(1))
            try await bus.releaseLease(try #require(own))
            try await Task.sleep(for: .milliseconds(150))
            return try await other.acquireLease(StoreLeases.name(of: store), timeToLive: .seconds(1)) != nil
        }
        #expect(isFree == false)
    }

    @Test func `a deleted store stays marked, for any process`() async throws {
        let bus = MemoryMessageBus()
        let (mine, others) = (StoreMarks(bus: bus), StoreMarks(bus: bus.peer()))
        let store = try Fixtures.storeID()
        #expect(try await !mine.isDeleted(store))
        #expect(try await !others.isDeleted(store))
        try await mine.markDeleted(store)
        try await mine.markDeleted(store)
        #expect(try await mine.isDeleted(store))
        #expect(try await others.isDeleted(store))
    }

    @Test func `the start of a generation is the first worker's, whoever asks later`() async throws {
        let bus = MemoryMessageBus()
        let store = try Fixtures.storeID()
        let first = try await StoreMarks(bus: bus).began(store, generation: 1)
        try await Task.sleep(for: .milliseconds(20))
        #expect(try await StoreMarks(bus: bus.peer()).began(store, generation: 1) == first)
        #expect(try await StoreMarks(bus: bus).began(store, generation: 2) > first)
    }

    @Test func `the consumer of former versions goes, and what it held comes to the new ones`() async throws {
        let bus = MemoryMessageBus()
        let region = try #require(Region("local"))
        try await bus.ensureStream(Streams.provision)
        let old = try await bus.peer().consume(
            ConsumerConfiguration(
                stream: Streams.provision.name,
                durable: "provisioner-local",
                filters: ProvisionCommand.Kind.allCases.map { Subjects.provisions($0, region: region) }
            )
        )
        for kind in ProvisionCommand.Kind.allCases {
            let command = try Fixtures.command(kind)
            _ = try await bus.append(
                try Contract.message(Subjects.provision(kind, region: region), command),
                to: Streams.provision.name
            )
        }
        old.cancel()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let consumers = CommandConsumers(bus: bus, region: region, concurrency: 2, logger: logger)
        let (kinds, continuation) = AsyncStream<ProvisionCommand.Kind>.makeStream()
        let services = consumers.services { delivery in
            continuation.yield(try Contract.body(ProvisionCommand.self, of: delivery.message).kind)
            return .ack
        }
        let tasks = services.map { service in Task { try await service.run() } }
        defer { for task in tasks { task.cancel() } }
        var seen: Set<ProvisionCommand.Kind> = []
        for await kind in kinds where seen.insert(kind).inserted && seen.count == ProvisionCommand.Kind.allCases.count {
            break
        }
        #expect(seen == Set(ProvisionCommand.Kind.allCases))
        while try await bus.consumers(of: "PROVISION").contains(where: { $0.name == "provisioner-local" }) {
            try await Task.sleep(for: .milliseconds(10))
        }
        // All is settled, whoever else had it: a work queue that is empty.
        while try await bus.stream("PROVISION").messages > 0 { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func `a change is ended although its task is cancelled, and broken off where the hold is not sure`()
        async throws
    {
        let bus = MemoryMessageBus()
        let lease = try #require(try await bus.acquireLease("x", timeToLive: .seconds(60)))
        let sure = StoreHold(lease, sureUntil: .now + .seconds(60))
        let (begun, ended) = (ChangeSignal(), ChangeSignal())
        let task = Task {
            try await sure.change {
                begun.notify()
                try await Task.sleep(for: .milliseconds(50))
                ended.notify()
            }
        }
        await begun.wait(past: 0)
        task.cancel()
        try await task.value
        #expect(ended.version == 1)

        let unsure = StoreHold(lease, sureUntil: .now + .milliseconds(50))
        await #expect(throws: StoreHold.Interrupted.self) {
            try await unsure.change { try await Task.sleep(for: .seconds(30)) }
        }
        let waiting = Task { try await unsure.confirm() }
        unsure.renewed(lease, sureUntil: .now + .seconds(60))
        try await waiting.value
        unsure.lost()
        await #expect(throws: StoreLeases.Lost.self) { try await unsure.confirm() }
        await #expect(throws: StoreLeases.Lost.self) { try await unsure.change {} }
    }
}
