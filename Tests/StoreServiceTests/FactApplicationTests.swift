import Foundation
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct FactApplicationTests {
    @Test func `facts carry a store from PENDING to READY`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let accepted = try await fixture.create("acme", for: caller)
        let store = accepted.store

        try await fixture.apply(fixture.fact(.provisioningStarted, of: store))
        #expect(try await fixture.get(store.id, as: caller).status == .provisioning)
        for kind in [
            StoreFact.Kind.namespaceSecured, .secretsReady, .releaseInstalled, .storeConfigured, .workloadsReady,
            .storefrontReachable,
        ] {
            try await fixture.apply(fixture.fact(kind, of: store))
        }
        let access = StoreFact.AdminAccess(user: "admin", sealedPassword: "k1:sealed")
        try await fixture.apply(fixture.fact(.provisioned, of: store, adminAccess: access))

        let ready = try await fixture.get(store.id, as: caller)
        #expect(ready.status == .ready)
        #expect(ready.observedGeneration == 1)
        #expect(ready.adminUser == "admin")
        #expect(ready.readyAt != nil)
        #expect(ready.conditions.filter { $0.status == .yes }.count == ProvisioningStep.allCases.count)
        let operation = try await fixture.requests.operation(
            OperationRequest(caller: caller, operationID: accepted.operation.id)
        )
        #expect(operation.status == .succeeded)
        #expect(operation.finishedAt != nil)
        #expect(operation.steps.map(\.name) == ProvisioningStep.allCases.map(\.rawValue))
        #expect(operation.steps.first?.duration == 1.5)
        #expect(try await fixture.events(of: store.id, as: caller).last == "provisioned")
    }

    @Test func `a sealed password is kept and never sent on`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let access = StoreFact.AdminAccess(user: "admin", sealedPassword: "k1:sealed-secret")

        try await fixture.apply(fixture.fact(.provisioned, of: store, adminAccess: access))

        let row = try await fixture.database.pool.withConnection { session in
            try await session.first("SELECT sealed_admin_password AS sealed FROM stores")
        }
        #expect(try row?.decode("sealed") == "k1:sealed-secret")
        let bodies = try await fixture.outbox().map { String(decoding: $0.message.body, as: UTF8.self) }
        #expect(bodies.allSatisfy { !$0.contains("sealed-secret") })
    }

    @Test func `a failure is shown with its reason and fails the operation`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let accepted = try await fixture.create("acme", for: caller)

        try await fixture.apply(
            fixture.fact(.provisioningFailed, of: accepted.store, failure: Fixture.failure)
        )

        let failed = try await fixture.get(accepted.store.id, as: caller)
        #expect(failed.status == .failed)
        #expect(failed.failure == Fixture.failure)
        let operation = try await fixture.requests.operation(
            OperationRequest(caller: caller, operationID: accepted.operation.id)
        )
        #expect(operation.status == .failed)
        #expect(operation.error == OperationFailure(Fixture.failure))
    }

    @Test func `a fact that comes twice is applied once`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let fact = fixture.fact(.progressed, of: store)

        let first = try await fixture.facts.apply(fact, messageID: "m1")
        let second = try await fixture.facts.apply(fact, messageID: "m1")

        #expect(first == .applied)
        #expect(second == .duplicate)
        #expect(try await fixture.events(of: store.id, as: caller) == ["created", "progressed"])
    }

    @Test func `the same fact applied by ten workers at once is applied once`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let fact = fixture.fact(.provisioningStarted, of: store)

        let results = try await withThrowingTaskGroup(of: FactResult.self) { group in
            for _ in 0..<10 { group.addTask { try await fixture.facts.apply(fact, messageID: "m1") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(results.filter { $0 == .applied }.count == 1)
        #expect(results.filter { $0 == .duplicate }.count == 9)
    }

    @Test func `failure mode 24: a late fact of an older generation cannot overwrite DELETING`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let created = try await fixture.create("acme", for: caller).store
        let deleted = try await fixture.requests.delete(StoreRequest(caller: caller, storeID: created.id)).store
        let outbox = try await fixture.outbox().count

        let result = try await fixture.apply(fixture.fact(.provisioned, of: created, generation: 1))

        #expect(result == .ignored)
        #expect(try await fixture.get(created.id, as: caller) == deleted)
        #expect(try await fixture.events(of: created.id, as: caller) == ["created", "deletionRequested"])
        #expect(try await fixture.outbox().count == outbox)
    }

    @Test func `a fact about a store that is gone is ignored`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        try await fixture.database.write { try await $0.remove(store.id) }

        #expect(try await fixture.apply(fixture.fact(.provisioned, of: store)) == .ignored)
    }

    @Test func `every change is told with the store as it is now`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store

        try await fixture.apply(fixture.fact(.provisioningStarted, of: store))

        let notices = try await fixture.outbox().suffix(3).map { try Contract.body(StoreNotice.self, of: $0.message) }
        try #require(notices.map(\.kind) == [.recorded, .changed, .operation])
        #expect(notices[1].store == (try await fixture.get(store.id, as: caller)))
        #expect(notices.first?.events?.first?.event == "provisioningStarted")
        #expect(notices.allSatisfy { $0.ownerID == caller.userID })
    }
}
