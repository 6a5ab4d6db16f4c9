import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct VerificationSchedulerTests {
    private func scheduler(_ fixture: Fixture, batchSize: Int = 20) -> VerificationScheduler {
        VerificationScheduler(
            bus: fixture.bus,
            database: fixture.database,
            schedule: VerificationSchedule(resync: 300, canary: 900),
            logger: Fixture.logger,
            batchSize: batchSize,
            now: fixture.clock.now,
            random: { 0 }
        )
    }

    /// What was asked of provisioners, in order.
    private func asked(_ fixture: Fixture) async throws -> [ProvisionCommand] {
        try await fixture.outbox().filter { $0.message.subject.description == "provision.local.verify" }
            .map { try Contract.body(ProvisionCommand.self, of: $0.message) }
    }

    /// A READY store.
    private func ready(_ name: String, _ fixture: Fixture, _ caller: Caller) async throws -> StoreResource {
        let store = try await fixture.create(name, for: caller).store
        try await fixture.apply(fixture.fact(.provisioned, of: store))
        return store
    }

    @Test func `a READY store is looked at when its time has come, and an order placed when that has`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await ready("acme", fixture, caller)
        let scheduler = scheduler(fixture)
        try await scheduler.round()
        #expect(try await asked(fixture).isEmpty)

        for _ in 0..<3 {
            fixture.clock.advance(by: 301)
            try await scheduler.round()
            try await scheduler.round()
        }

        let commands = try await asked(fixture)
        #expect(
            commands.map(\.verification) == [
                .init(status: .ready, withOrder: false), .init(status: .ready, withOrder: false),
                .init(status: .ready, withOrder: true),
            ]
        )
        #expect(commands.allSatisfy { $0.storeID == store.id && $0.generation == 1 })
        let ids = try await fixture.outbox().filter { $0.message.subject.description.hasSuffix("verify") }
            .compactMap { $0.message.headers["Nats-Msg-Id"] }
        #expect(Set(ids).count == 3)
        #expect(try await fixture.get(store.id, as: caller).status == .ready)
        #expect(try await fixture.events(of: store.id, as: caller) == ["created", "provisioned"])
    }

    @Test func `a FAILED store is looked at soon, and heals by what is found`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        try await fixture.apply(fixture.fact(.provisioningFailed, of: store, failure: Fixture.failure))
        let scheduler = scheduler(fixture)
        try await scheduler.round()

        fixture.clock.advance(by: 16)
        try await scheduler.round()

        #expect(try await asked(fixture).map(\.verification) == [.init(status: .failed, withOrder: false)])
        try await fixture.apply(fixture.fact(.provisioned, of: store))
        let healed = try await fixture.get(store.id, as: caller)
        #expect(healed.status == .ready)
        #expect(healed.failure == nil)
        #expect(try await fixture.events(of: store.id, as: caller).last == "provisioned")
    }

    @Test func `a store that degrades is looked at with an order soon, not when its old time comes`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await ready("acme", fixture, caller)
        let scheduler = scheduler(fixture)
        try await scheduler.round()
        let degradation = StoreDegradation(condition: .reachable, reason: "IngressUnreachable", message: "502")
        try await fixture.apply(fixture.fact(.degraded, of: store, degradation: degradation))
        try await scheduler.round()

        fixture.clock.advance(by: 16)
        try await scheduler.round()

        #expect(try await asked(fixture).map(\.verification) == [.init(status: .ready, withOrder: true)])
    }

    @Test func `several replicas at once ask for each store once, a bounded number a round`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada", maxStores: 100)
        for number in 0..<12 { _ = try await ready("shop-\(number)", fixture, caller) }
        let scheduler = scheduler(fixture, batchSize: 5)
        try await scheduler.round()
        fixture.clock.advance(by: 310)

        try await scheduler.round()
        #expect(try await asked(fixture).count == 5)
        try await withThrowingTaskGroup { group in
            for _ in 0..<6 { group.addTask { try await scheduler.round() } }
            try await group.waitForAll()
        }
        // Who found everything locked left it for the next round.
        for _ in 0..<3 { try await scheduler.round() }

        let stores = try await asked(fixture).map(\.storeID)
        #expect(stores.count == 12)
        #expect(Set(stores).count == 12)
    }

    @Test func `at the start all stores are looked at that nobody looked at since, FAILED ones first`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        _ = try await ready("acme", fixture, caller)
        let failed = try await fixture.create("other", for: caller).store
        try await fixture.apply(fixture.fact(.provisioningFailed, of: failed, failure: Fixture.failure))
        let scheduler = scheduler(fixture)
        fixture.clock.advance(by: 5)

        try await scheduler.begin(at: fixture.clock.now())
        fixture.clock.advance(by: 31)
        try await scheduler.round()

        #expect(try await asked(fixture).map(\.name.description) == ["other", "acme"])
    }

    @Test func `a look that nobody took in time says that it is too old`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        _ = try await ready("acme", fixture, caller)
        try await scheduler(fixture).round()
        fixture.clock.advance(by: 301)
        let start = fixture.clock.now().timeIntervalSince1970

        try await scheduler(fixture).round()

        let message = try #require(
            try await fixture.outbox().last { $0.message.subject.description.hasSuffix("verify") }
        )
        #expect(message.storeID == nil)
        let deadline = try #require(message.message.headers[MessageHeaders.Name.deadline].flatMap(Double.init))
        #expect(abs(deadline / 1000 - start - 300) < 1)
    }
}
