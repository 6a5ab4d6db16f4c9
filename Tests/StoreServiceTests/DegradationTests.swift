import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct DegradationTests {
    private let checkout = StoreDegradation(
        condition: .orderPathVerified,
        reason: "CheckoutFailed",
        message: "HTTP 500"
    )

    private func ready(_ fixture: Fixture, _ caller: Caller) async throws -> StoreResource {
        let store = try await fixture.create("acme", for: caller).store
        let legs = [StoreCondition.Leg(name: "cart", duration: 0.1)]
        try await fixture.apply(fixture.fact(.provisioned, of: store, legs: legs))
        return store
    }

    private func condition(_ kind: StoreCondition.Kind, of store: StoreResource) -> StoreCondition? {
        store.conditions.first { $0.type == kind }
    }

    @Test func `a store that stops selling stays READY, is degraded, and recovers`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await ready(fixture, caller)

        try await fixture.apply(fixture.fact(.degraded, of: store, degradation: checkout))

        let degraded = try await fixture.get(store.id, as: caller)
        #expect(degraded.status == .ready)
        #expect(condition(.degraded, of: degraded)?.status == .yes)
        #expect(condition(.degraded, of: degraded)?.reason == "CheckoutFailed")
        #expect(condition(.orderPathVerified, of: degraded)?.status == .no)

        let legs = [StoreCondition.Leg(name: "cart", duration: 0.2), .init(name: "checkout", duration: 0.3)]
        try await fixture.apply(fixture.fact(.provisioned, of: store, legs: legs))

        let recovered = try await fixture.get(store.id, as: caller)
        #expect(condition(.degraded, of: recovered)?.status == .no)
        #expect(condition(.orderPathVerified, of: recovered)?.legs == legs)
        #expect(
            try await fixture.events(of: store.id, as: caller) == ["created", "provisioned", "degraded", "recovered"]
        )
    }

    @Test func `what is well still, or wrong still in the same way, does not fill the timeline`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await ready(fixture, caller)
        let other = StoreDegradation(condition: .reachable, reason: "IngressUnreachable", message: "503")

        for _ in 0..<3 { try await fixture.apply(fixture.fact(.provisioned, of: store)) }
        for _ in 0..<3 { try await fixture.apply(fixture.fact(.degraded, of: store, degradation: checkout)) }
        for _ in 0..<2 { try await fixture.apply(fixture.fact(.degraded, of: store, degradation: other)) }

        #expect(
            try await fixture.events(of: store.id, as: caller) == ["created", "provisioned", "degraded", "degraded"]
        )
    }

    @Test func `a failure that comes again is told when it is another one`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let other = StoreFailure(code: .probeFailed, step: .awaitWorkloads, message: "m", hint: "h", retryable: true)

        for failure in [Fixture.failure, Fixture.failure, other] {
            try await fixture.apply(fixture.fact(.provisioningFailed, of: store, failure: failure))
        }

        let events = try await fixture.events(of: store.id, as: caller)
        #expect(events == ["created", "provisioningFailed", "provisioningFailed"])
        #expect(try await fixture.get(store.id, as: caller).failure == other)
    }

    @Test func `when an order last went through is remembered`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await ready(fixture, caller)
        fixture.clock.advance(by: 100)
        let legs = [StoreCondition.Leg(name: "cart", duration: 0.1)]
        let fact = fixture.fact(.provisioned, of: store, legs: legs)

        try await fixture.apply(fact)
        // Nothing could be ordered: that is no order that went through.
        fixture.clock.advance(by: 100)
        try await fixture.apply(fixture.fact(.provisioned, of: store))

        let record = try await fixture.database.read { try await $0.store(store.id, isLocked: false) }
        #expect(record?.checks.verifiedAt == fact.occurredAt)
        #expect(condition(.orderPathVerified, of: try await fixture.get(store.id, as: caller))?.legs == legs)
    }

    @Test func `a READY store that is degraded can be tried again, a healthy one cannot`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await ready(fixture, caller)
        let request = StoreRequest(caller: caller, storeID: store.id)
        #expect(try await faultCode { try await fixture.requests.retry(request) } == .invalidStateTransition)
        try await fixture.apply(fixture.fact(.degraded, of: store, degradation: checkout))

        let retried = try await fixture.requests.retry(request).store

        #expect(retried.status == .pending)
        #expect(retried.generation == 2)
        #expect(condition(.degraded, of: retried) == nil)
        #expect(try await fixture.outbox().last { $0.message.subject.description == "provision.local.create" } != nil)
    }

    @Test func `shows how many stores do not sell and why, how many wait, and the share that sells`() async throws {
        let fixture = try await Fixture(concurrency: 1)
        let caller = try await fixture.user("ada")
        let store = try await ready(fixture, caller)
        let other = try await fixture.create("other", for: caller).store
        try await fixture.apply(fixture.fact(.provisioned, of: other))
        for name in ["third", "fourth"] { _ = try await fixture.create(name, for: caller) }
        let registry = MetricsRegistry()
        let gauges = StoreGauges(database: fixture.database, registry: registry, logger: Fixture.logger)
        func value(_ name: String) -> Double? { registry.snapshot()[name]?.series.first?.value }

        try await fixture.apply(fixture.fact(.degraded, of: store, degradation: checkout))
        try await gauges.measure()

        #expect(
            registry.snapshot()[StoreGauges.degradedName]?.series.map(\.labels) == [["reason": "CheckoutFailed"]]
        )
        #expect(value(StoreGauges.degradedName) == 1)
        #expect(value(StoreGauges.canaryName) == 0.5)
        #expect(value(StoreGauges.waitingName) == 1)

        try await fixture.apply(fixture.fact(.provisioned, of: store))
        try await gauges.measure()

        #expect(value(StoreGauges.degradedName) == 0)
        #expect(value(StoreGauges.canaryName) == 1)
    }
}
