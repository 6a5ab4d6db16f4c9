import Foundation
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct CreateStoreTests {
    @Test func `a created store is PENDING and its work, event and notices are on their way`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")

        let accepted = try await fixture.create("acme", for: caller, displayName: "Acme")

        #expect(accepted.store.status == .pending)
        #expect(accepted.store.generation == 1)
        #expect(accepted.store.namespace == "store-acme")
        #expect(accepted.store.url == "http://store-acme.example.test")
        #expect(accepted.store.adminUrl == "http://store-acme.example.test/wp-admin/")
        #expect(accepted.operation.kind == .create)
        #expect(accepted.operation.status == .pending)
        #expect(try await fixture.get(accepted.store.id, as: caller) == accepted.store)
        #expect(try await fixture.events(of: accepted.store.id, as: caller) == ["created"])
        let subjects = try await fixture.outbox().map(\.message.subject.description)
        #expect(subjects == ["stores.\(accepted.store.id).created", "provision.local.create"])
    }

    @Test func `the command tells the provisioner all it needs`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let accepted = try await fixture.create("acme", for: caller)

        let message = try #require(try await fixture.outbox().last?.message)
        let command = try Contract.body(ProvisionCommand.self, of: message)

        #expect(command.storeID == accepted.store.id)
        #expect(command.host == "store-acme.example.test")
        #expect(command.adminEmail == "ada@example.test")
        #expect(command.generation == 1)
        #expect(message.headers["Nats-Msg-Id"] == "provision/\(accepted.store.id)/1/create/0")
    }

    @Test func `a name that is taken is refused, also to another owner, and nothing is written`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let bob = try await fixture.user("bob")
        _ = try await fixture.create("acme", for: ada)
        let before = try await fixture.outbox().count

        #expect(try await faultCode { try await fixture.create("acme", for: ada) } == .nameTaken)
        #expect(try await faultCode { try await fixture.create("acme", for: bob) } == .nameTaken)
        #expect(try await fixture.outbox().count == before)
    }

    @Test func `failure mode 2: a name is still terminating while its store is deleted, and free afterwards`()
        async throws
    {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let first = try await fixture.create("acme", for: caller).store
        let deleted = try await fixture.requests.delete(StoreRequest(caller: caller, storeID: first.id)).store

        #expect(try await faultCode { try await fixture.create("acme", for: caller) } == .nameStillTerminating)
        try await fixture.apply(fixture.fact(.namespaceReleased, of: deleted))

        let second = try await fixture.create("acme", for: caller).store
        #expect(second.id != first.id)
        #expect(try await fixture.events(of: second.id, as: caller) == ["created"])
    }

    @Test func `failure mode 11: twenty creates at once where three stores are allowed give three`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada", maxStores: 3)

        let outcomes = try await withThrowingTaskGroup(of: ServiceFault.Code?.self) { group in
            for number in 0..<20 {
                group.addTask { try await faultCode { try await fixture.create("shop-\(number)", for: caller) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(outcomes.filter { $0 == nil }.count == 3)
        #expect(outcomes.filter { $0 == .storeLimitReached }.count == 17)
        let page = try await fixture.requests.list(
            ListStores(caller: caller, status: nil, engine: nil, query: nil, limit: 100, cursor: nil)
        )
        #expect(page.items.count == 3)
    }

    @Test func `of twenty creates of one name by many owners one succeeds`() async throws {
        let fixture = try await Fixture()
        var callers: [Caller] = []
        for number in 0..<20 { callers.append(try await fixture.user("user-\(number)")) }

        let outcomes = try await withThrowingTaskGroup(of: ServiceFault.Code?.self) { group in
            for caller in callers {
                group.addTask { try await faultCode { try await fixture.create("acme", for: caller) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(outcomes.filter { $0 == nil }.count == 1)
        #expect(outcomes.filter { $0 == .nameTaken }.count == 19)
    }

    @Test func `an idempotency key gives the same answer once and refuses another request`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")

        let first = try await fixture.create("acme", for: caller, idempotencyKey: "k1")
        let again = try await fixture.create("acme", for: caller, idempotencyKey: "k1")

        #expect(again == first)
        let reused = try await faultCode { try await fixture.create("other", for: caller, idempotencyKey: "k1") }
        #expect(reused == .idempotencyKeyReused)
        let bob = try await fixture.user("bob")
        #expect(try await faultCode { try await fixture.create("other", for: bob, idempotencyKey: "k1") } == nil)
    }

    @Test func `an idempotency key is forgotten after a day`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        _ = try await fixture.create("acme", for: caller, idempotencyKey: "k1")

        fixture.clock.advance(by: 25 * 3600)

        let later = try await fixture.create("other", for: caller, idempotencyKey: "k1")
        #expect(later.store.name.description == "other")
    }

    @Test func `engine, region and role are checked before anything is written`() async throws {
        let fixture = try await Fixture()
        let viewer = try await fixture.user("eve", role: .viewer)
        let caller = try await fixture.user("ada")
        func create(_ engine: Engine, _ region: String?, _ caller: Caller) async throws -> ServiceFault.Code? {
            let request = CreateStore(
                caller: caller,
                name: try StoreName("acme"),
                engine: engine,
                plan: .small,
                region: region.flatMap(Region.init),
                displayName: "Acme",
                idempotencyKey: nil
            )
            return try await faultCode { try await fixture.requests.create(request) }
        }

        #expect(try await create(.medusa, nil, caller) == .engineUnavailable)
        #expect(try await create(.woocommerce, "mars", caller) == .unknownRegion)
        #expect(try await create(.woocommerce, nil, viewer) == .forbidden)
        #expect(try await fixture.outbox().isEmpty)
    }
}
