import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct AdmissionTests {
    /// The stores whose creation was handed to the provisioners, in order.
    private func dispatched(_ fixture: Fixture) async throws -> [String] {
        try await fixture.outbox().filter { $0.message.subject.description == "provision.local.create" }
            .map { try Contract.body(ProvisionCommand.self, of: $0.message).name.description }
    }

    /// Stores under way now, as the database says.
    private func running(_ fixture: Fixture) async throws -> Int {
        let region = fixture.requests.region
        return try await fixture.database.read { try await $0.runningStores(in: region).values.reduce(0, +) }
    }

    @Test func `a store beyond the limit waits, says so, and its operation stays pending`() async throws {
        let fixture = try await Fixture(concurrency: 2)
        let ada = try await fixture.user("ada", maxStores: 10)
        for number in 1...3 { _ = try await fixture.create("shop-\(number)", for: ada) }

        let last = try await fixture.create("shop-4", for: ada)

        #expect(try await dispatched(fixture) == ["shop-1", "shop-2"])
        #expect(try await fixture.events(of: last.store.id, as: ada) == ["created", "queued"])
        let event = try await fixture.requests.events(
            ListEvents(caller: ada, storeID: last.store.id, limit: 10, cursor: nil)
        ).items.last
        #expect(event?.metadata["position"] == .integer(2))
        let operation = try await fixture.requests.operation(
            OperationRequest(caller: ada, operationID: last.operation.id)
        )
        #expect(operation.status == .pending)
    }

    @Test(arguments: [StoreFact.Kind.provisioned, .provisioningFailed])
    func `a store that ends, well or badly, gives its place to the next one`(end: StoreFact.Kind) async throws {
        let fixture = try await Fixture(concurrency: 1)
        let ada = try await fixture.user("ada")
        let first = try await fixture.create("first", for: ada).store
        let second = try await fixture.create("second", for: ada).store
        try await fixture.apply(fixture.fact(.provisioningStarted, of: first))
        try await fixture.apply(fixture.fact(.namespaceSecured, of: first))
        #expect(try await dispatched(fixture) == ["first"])

        try await fixture.apply(fixture.fact(end, of: first, failure: Fixture.failure))

        #expect(try await dispatched(fixture) == ["first", "second"])
        #expect(try await fixture.events(of: second.id, as: ada) == ["created", "queued", "admitted"])
    }

    @Test func `deleting a store that is made frees its place, and is never queued itself`() async throws {
        let fixture = try await Fixture(concurrency: 1)
        let ada = try await fixture.user("ada")
        let first = try await fixture.create("first", for: ada).store
        let waiting = try await fixture.create("second", for: ada).store
        _ = try await fixture.create("third", for: ada)

        _ = try await fixture.requests.delete(StoreRequest(caller: ada, storeID: waiting.id))
        #expect(try await dispatched(fixture) == ["first"])
        _ = try await fixture.requests.delete(StoreRequest(caller: ada, storeID: first.id))

        #expect(try await dispatched(fixture) == ["first", "third"])
        let deletions = try await fixture.outbox().filter { $0.message.subject.description == "provision.local.delete" }
        #expect(deletions.count == 2)
    }

    @Test func `another try waits for its turn as a new store does`() async throws {
        let fixture = try await Fixture(concurrency: 1)
        let ada = try await fixture.user("ada")
        let first = try await fixture.create("first", for: ada).store
        try await fixture.apply(fixture.fact(.provisioningFailed, of: first, failure: Fixture.failure))
        let second = try await fixture.create("second", for: ada).store

        let retried = try await fixture.requests.retry(StoreRequest(caller: ada, storeID: first.id)).store

        #expect(retried.status == .pending)
        #expect(try await dispatched(fixture) == ["first", "second"])
        #expect(try await fixture.events(of: first.id, as: ada).last == "queued")
        // A look at it that was under way meanwhile is of an older generation and makes nothing of it.
        #expect(try await fixture.apply(fixture.fact(.provisioned, of: first, generation: 1)) == .ignored)
        try await fixture.apply(fixture.fact(.provisioned, of: second))
        #expect(try await dispatched(fixture) == ["first", "second", "first"])
    }

    @Test func `fifty stores of one owner do not starve another's one`() async throws {
        let fixture = try await Fixture(concurrency: 5)
        let ada = try await fixture.user("ada", maxStores: 50)
        let bob = try await fixture.user("bob")
        var stores: [StoreResource] = []
        for number in 0..<50 { stores.append(try await fixture.create("shop-\(number)", for: ada).store) }
        _ = try await fixture.create("bobs", for: bob)

        try await fixture.apply(fixture.fact(.provisioned, of: stores[0]))

        #expect(try await dispatched(fixture) == (0..<5).map { "shop-\($0)" } + ["bobs"])
    }

    @Test func `eight writers at once never have more than the limit made, and everyone's turn comes`() async throws {
        let fixture = try await Fixture(concurrency: 3)
        var callers: [Caller] = []
        for number in 0..<8 { callers.append(try await fixture.user("user-\(number)", maxStores: 10)) }

        // Each makes stores and ends, at random, what it finds under way.
        try await withThrowingTaskGroup { group in
            for (number, caller) in callers.enumerated() {
                group.addTask {
                    for index in 0..<5 {
                        _ = try await fixture.create("shop-\(number)-\(index)", for: caller)
                        #expect(try await running(fixture) <= 3)
                        try await endOne(fixture, as: caller, isWell: index % 2 == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
        let admin = try await fixture.user("root", role: .admin)
        var rounds = 0
        while try await running(fixture) > 0, rounds < 100 {
            try await endOne(fixture, as: admin, isWell: true)
            rounds += 1
        }

        #expect(Set(try await dispatched(fixture)).count == 40)
        #expect(try await dispatched(fixture).count == 40)
    }

    /// Ends one store that is being made, if there is one.
    private func endOne(_ fixture: Fixture, as caller: Caller, isWell: Bool) async throws {
        let list = ListStores(caller: caller, status: .pending, engine: nil, query: nil, limit: 100, cursor: nil)
        let known = try await fixture.requests.list(list).items
        for store in known {
            let record = try await fixture.database.read { try await $0.store(store.id, isLocked: false) }
            guard let record, record.dispatchedGeneration == record.lifecycle.generation else { continue }
            let kind = isWell ? StoreFact.Kind.provisioned : .provisioningFailed
            return _ = try await fixture.apply(fixture.fact(kind, of: store, failure: Fixture.failure))
        }
    }

    @Test func `a store that waits is not silent, and one whose stream was lost is asked for again`() async throws {
        let fixture = try await Fixture(concurrency: 1)
        let ada = try await fixture.user("ada")
        let first = try await fixture.create("first", for: ada).store
        let second = try await fixture.create("second", for: ada).store
        try await fixture.relay.drain()
        let start = fixture.clock.now()
        let reconciler = StoreReconciler(
            bus: fixture.bus,
            database: fixture.database,
            decision: StuckStoreDecision(patience: 180, timeout: 1200),
            facts: fixture.facts,
            interval: .seconds(30),
            logger: Fixture.logger,
            now: fixture.clock.now
        )
        fixture.clock.advance(by: 10_000)

        try await reconciler.reconcile(listeningSince: start)

        #expect(try await dispatched(fixture) == ["first"])
        #expect(try await fixture.events(of: first.id, as: ada).last == "commandRepeated")
        #expect(try await fixture.events(of: second.id, as: ada) == ["created", "queued"])
    }

    @Test func `places that a higher limit brings are filled by the patrol, of several replicas once`() async throws {
        let fixture = try await Fixture(concurrency: 1)
        let ada = try await fixture.user("ada", maxStores: 10)
        for number in 0..<6 { _ = try await fixture.create("shop-\(number)", for: ada) }
        let patrol = AdmissionPatrol(
            database: fixture.database,
            admission: StoreAdmission(limit: 4),
            logger: Fixture.logger,
            now: fixture.clock.now
        )

        try await withThrowingTaskGroup { group in
            for _ in 0..<4 { group.addTask { try await patrol.patrol() } }
            try await group.waitForAll()
        }

        #expect(try await dispatched(fixture) == (0..<4).map { "shop-\($0)" })
    }

    @Test func `a store that an older replica asked for itself is under way once somebody speaks of it`() async throws {
        let fixture = try await Fixture(concurrency: 1)
        let ada = try await fixture.user("ada")
        _ = try await fixture.create("first", for: ada)
        let second = try await fixture.create("second", for: ada).store

        try await fixture.apply(fixture.fact(.provisioningStarted, of: second))

        let record = try await fixture.database.read { try await $0.store(second.id, isLocked: false) }
        #expect(record?.dispatchedGeneration == 1)
        #expect(try await running(fixture) == 2)
    }

    @Test func `a store that is being changed is passed over, not waited for`() async throws {
        let fixture = try await Fixture(concurrency: 1)
        let ada = try await fixture.user("ada")
        let first = try await fixture.create("first", for: ada).store
        let second = try await fixture.create("second", for: ada).store
        _ = try await fixture.create("third", for: ada)

        try await fixture.database.write { records in
            _ = try await records.store(second.id, isLocked: true)
            try await fixture.apply(fixture.fact(.provisioned, of: first))
        }

        #expect(try await dispatched(fixture) == ["first", "third"])
    }
}
