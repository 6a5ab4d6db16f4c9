import Foundation
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct StoreReconcilerTests {
    private let decision = StuckStoreDecision(patience: 180, timeout: 1200)

    private func reconciler(_ fixture: Fixture) -> StoreReconciler {
        StoreReconciler(
            bus: fixture.bus,
            database: fixture.database,
            decision: decision,
            facts: fixture.facts,
            interval: .seconds(30),
            logger: Fixture.logger,
            now: fixture.clock.now
        )
    }

    private func commands(_ fixture: Fixture) async throws -> [String] {
        try await fixture.outbox().map(\.message).filter { $0.subject.firstToken == "provision" }
            .compactMap { $0.headers["Nats-Msg-Id"] }
    }

    @Test func `a silent store's command is sent again, once in each such time`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let start = fixture.clock.now()
        try await fixture.relay.drain()
        let reconciler = reconciler(fixture)

        try await reconciler.reconcile(listeningSince: start)
        #expect(try await commands(fixture).isEmpty)

        fixture.clock.advance(by: 200)
        try await reconciler.reconcile(listeningSince: start)
        try await reconciler.reconcile(listeningSince: start)
        #expect(try await commands(fixture).count == 1)
        #expect(try await fixture.events(of: store.id, as: caller) == ["created", "commandRepeated"])

        try await fixture.relay.drain()
        fixture.clock.advance(by: 200)
        try await reconciler.reconcile(listeningSince: start)
        #expect(try await commands(fixture).count == 1)
    }

    @Test func `a command that was never published is not sent twice`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        _ = try await fixture.create("acme", for: caller)
        let start = fixture.clock.now()
        fixture.clock.advance(by: 10_000)

        try await reconciler(fixture).reconcile(listeningSince: start)

        #expect(try await commands(fixture).count == 1)
    }

    @Test func `a store whose provisioner fell silent is given up`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let accepted = try await fixture.create("acme", for: caller)
        let start = fixture.clock.now()
        try await fixture.relay.drain()
        try await fixture.apply(fixture.fact(.namespaceSecured, of: accepted.store))
        try await fixture.relay.drain()

        fixture.clock.advance(by: 1201)
        try await reconciler(fixture).reconcile(listeningSince: start)

        let failed = try await fixture.get(accepted.store.id, as: caller)
        #expect(failed.status == .failed)
        #expect(failed.failure?.code == .timeout)
        #expect(failed.failure?.step == .ensureSecrets)
        let operation = try await fixture.requests.operation(
            OperationRequest(caller: caller, operationID: accepted.operation.id)
        )
        #expect(operation.status == .failed)
    }

    @Test func `silence counts only while somebody listened`() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let long = now.addingTimeInterval(-10_000)
        func action(_ status: StoreStatus, listening: TimeInterval, reminded: TimeInterval? = nil)
            -> StuckStoreDecision.Action
        {
            decision.action(
                status: status,
                activeAt: long,
                remindedAt: reminded.map { now.addingTimeInterval(-$0) },
                listeningSince: now.addingTimeInterval(-listening),
                now: now
            )
        }

        #expect(action(.provisioning, listening: 10) == .wait)
        #expect(action(.provisioning, listening: 200) == .republish(attempt: 10_000_000))
        #expect(action(.provisioning, listening: 1200) == .giveUp)
        #expect(action(.pending, listening: 9000) == .republish(attempt: 10_000_000))
        #expect(action(.deleting, listening: 9000) == .republish(attempt: 10_000_000))
        #expect(action(.deleting, listening: 9000, reminded: 100) == .wait)
        #expect(action(.ready, listening: 9000) == .republish(attempt: 10_000_000))
        #expect(action(.failed, listening: 9000) == .wait)
    }
}
