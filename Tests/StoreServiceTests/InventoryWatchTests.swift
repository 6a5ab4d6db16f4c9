import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct InventoryWatchTests {
    private func watch(_ fixture: Fixture, _ registry: MetricsRegistry = MetricsRegistry()) -> InventoryWatch {
        InventoryWatch(
            bus: fixture.bus.peer(),
            database: fixture.database,
            report: InventoryReport(
                database: fixture.database,
                facts: fixture.facts,
                logger: Fixture.logger,
                now: fixture.clock.now
            ),
            regions: fixture.requests.regions,
            interval: .milliseconds(20),
            registry: registry,
            logger: Fixture.logger,
            confirmation: .milliseconds(10)
        )
    }

    /// Runs the closure while a guard answers with these namespaces, all of them old.
    private func withGuard(
        _ fixture: Fixture,
        _ namespaces: @escaping @Sendable () -> [RegionInventory.Namespace],
        _ body: () async throws -> Void
    ) async throws {
        let clock = fixture.clock
        var router = RequestRouter(logger: Fixture.logger)
        router.on(Subjects.Cluster.inventory(fixture.requests.region)) {
            RegionInventory(namespaces: namespaces(), observedAt: clock.now().addingTimeInterval(3600))
        }
        let responder = RequestResponder(
            bus: fixture.bus,
            filter: Subjects.Cluster.all(fixture.requests.region),
            queueGroup: "namespace-guard",
            logger: Fixture.logger,
            handler: router.answer
        )
        let running = Task { try await responder.run() }
        try await body()
        running.cancel()
        try await running.value
    }

    private func ready(_ name: String, _ fixture: Fixture, _ caller: Caller) async throws -> StoreResource {
        let store = try await fixture.create(name, for: caller).store
        try await fixture.apply(fixture.fact(.provisioned, of: store))
        return store
    }

    @Test func `a READY store without a namespace becomes degraded, once, however many replicas look`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let lost = try await ready("lost", fixture, caller)
        let fine = try await ready("fine", fixture, caller)
        let there = RegionInventory.Namespace(
            name: fine.namespace,
            storeID: fine.id,
            isTerminating: false,
            createdAt: nil
        )

        let looks = Mutex(0)
        let answer: @Sendable () -> [RegionInventory.Namespace] = {
            looks.withLock { $0 += 1 }
            return [there]
        }

        try await withGuard(fixture, answer) {
            let running = (0..<3).map { _ in Task { [watch = watch(fixture)] in try await watch.run() } }
            try await eventually { try await fixture.events(of: lost.id, as: caller).contains("degraded") }
            let outbox = try await fixture.outbox().count
            let before = looks.withLock { $0 }
            try await eventually { looks.withLock { $0 } > before + 9 }
            #expect(try await fixture.outbox().count == outbox)
            running.forEach { $0.cancel() }
            for task in running { try await task.value }
        }

        let store = try await fixture.get(lost.id, as: caller)
        #expect(store.status == .ready)
        #expect(store.conditions.first { $0.type == .degraded }?.reason == "NamespaceMissing")
        #expect(try await fixture.events(of: lost.id, as: caller) == ["created", "provisioned", "degraded"])
        #expect(try await fixture.events(of: fine.id, as: caller) == ["created", "provisioned"])
    }

    @Test func `a namespace without a store is counted, and told in the timeline of the store it was`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let gone = try await ready("gone", fixture, caller)
        try await fixture.database.write { try await $0.remove(gone.id) }
        let registry = MetricsRegistry()
        let orphans = [
            RegionInventory.Namespace(name: "store-gone", storeID: gone.id, isTerminating: false, createdAt: nil),
            RegionInventory.Namespace(name: "store-what", storeID: nil, isTerminating: false, createdAt: nil),
        ]

        try await withGuard(fixture, { orphans }) {
            let running = Task { [watch = watch(fixture, registry)] in try await watch.run() }
            try await eventually {
                registry.snapshot()[InventoryWatch.orphanMetric]?.series.map(\.value) == [2]
            }
            running.cancel()
            try await running.value
        }

        let events = try await fixture.events(of: gone.id, as: caller)
        #expect(events == ["created", "provisioned", "orphanNamespaceFound"])
    }

    @Test func `nothing is reported while no guard answers`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await ready("acme", fixture, caller)

        await #expect(throws: BusError.self) { try await watch(fixture).look(at: fixture.requests.region) }
        #expect(try await fixture.events(of: store.id, as: caller) == ["created", "provisioned"])
    }
}
