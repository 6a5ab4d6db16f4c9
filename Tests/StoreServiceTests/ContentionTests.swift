import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

/// Everything that writes, at once.
@Suite(.timeLimit(.minutes(2))) struct ContentionTests {
    @Test func `creates, facts, retries, deletions and whoever repairs never deadlock, and all stores come to an end`()
        async throws
    {
        let repeated = LogCounter("Transaction repeated")
        let fixture = try await Fixture(concurrency: 3, logger: repeated.logger)
        let admin = try await fixture.user("root", role: .admin)
        var callers: [Caller] = []
        for number in 0..<6 { callers.append(try await fixture.user("user-\(number)", maxStores: 20)) }
        let background = Task { try await repairs(fixture) }

        try await withThrowingTaskGroup { group in
            for (number, caller) in callers.enumerated() {
                group.addTask {
                    for index in 0..<6 {
                        let store = try await fixture.create("shop-\(number)-\(index)", for: caller).store
                        try await Self.live(store, fixture, as: caller, seed: number + index)
                    }
                }
            }
            try await group.waitForAll()
        }
        // What is left under way ends, and lets the others in, until nothing waits.
        try await eventually {
            for store in try await Self.stores(.pending, fixture, as: admin)
            where try await Self.isDispatched(store, fixture) {
                try await fixture.apply(fixture.fact(.provisioned, of: store))
            }
            return try await Self.stores(.pending, fixture, as: admin).isEmpty
        }
        background.cancel()
        await #expect(throws: CancellationError.self) { try await background.value }

        #expect(repeated.count == 0)
        let waiting = try await fixture.database.read { try await $0.regionsWithWaitingStores() }
        #expect(waiting.isEmpty)
    }

    /// One store's life, another one for each seed.
    private static func live(_ store: StoreResource, _ fixture: Fixture, as caller: Caller, seed: Int) async throws {
        let request = StoreRequest(caller: caller, storeID: store.id)
        let isDispatched = try await isDispatched(store, fixture)
        if isDispatched { try await fixture.apply(fixture.fact(.provisioningStarted, of: store)) }
        switch seed % 3 {
        case 0 where isDispatched:
            try await fixture.apply(fixture.fact(.provisioned, of: store))
        case 1 where isDispatched:
            try await fixture.apply(fixture.fact(.provisioningFailed, of: store, failure: Fixture.failure))
            _ = try await fixture.requests.retry(request)
        case 0, 1: break  // Its turn has not come.
        default:
            let deleted = try await fixture.requests.delete(request).store
            try await fixture.apply(fixture.fact(.namespaceReleased, of: deleted))
        }
    }

    private static func isDispatched(_ store: StoreResource, _ fixture: Fixture) async throws -> Bool {
        let record = try await fixture.database.read { try await $0.store(store.id, isLocked: false) }
        return record.map { $0.dispatchedGeneration == $0.lifecycle.generation } ?? false
    }

    private static func stores(_ status: StoreStatus, _ fixture: Fixture, as caller: Caller) async throws
        -> [StoreResource]
    {
        try await fixture.requests.list(
            ListStores(caller: caller, status: status, engine: nil, query: nil, limit: 100, cursor: nil)
        ).items
    }

    /// Two replicas of everything that works by itself, without a pause, until it is cancelled.
    private func repairs(_ fixture: Fixture) async throws {
        let reconciler = StoreReconciler(
            bus: fixture.bus,
            database: fixture.database,
            // Everything is silent for too long, nothing is given up.
            decision: StuckStoreDecision(patience: 0.001, timeout: 1_000_000),
            facts: fixture.facts,
            interval: .seconds(1),
            logger: Fixture.logger,
            now: fixture.clock.now
        )
        let patrol = AdmissionPatrol(
            database: fixture.database,
            admission: fixture.admission,
            logger: Fixture.logger,
            now: fixture.clock.now
        )
        let scheduler = VerificationScheduler(
            bus: fixture.bus,
            database: fixture.database,
            schedule: VerificationSchedule(resync: 0.01, canary: 0.01, first: 0.01),
            logger: Fixture.logger,
            now: fixture.clock.now
        )
        try await withThrowingTaskGroup { group in
            for _ in 0..<2 {
                group.addTask {
                    while true {
                        try Task.checkCancellation()
                        try await reconciler.reconcile(listeningSince: Date(timeIntervalSince1970: 0))
                        try await patrol.patrol()
                        try await scheduler.begin(at: fixture.clock.now())
                        try await scheduler.round()
                        try await fixture.relay.drain()
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
