import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct ProtectionTests {
    private func update(
        _ fixture: Fixture,
        _ store: StoreResource,
        as caller: Caller,
        name: String? = nil,
        protection: Bool? = nil
    ) async throws -> StoreResource {
        try await fixture.requests.update(
            UpdateStore(caller: caller, storeID: store.id, displayName: name, deletionProtection: protection)
        )
    }

    @Test func `a protected store is not deleted until the protection is switched off`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller, deletionProtection: true).store
        let request = StoreRequest(caller: caller, storeID: store.id)
        #expect(store.deletionProtection)

        #expect(try await faultCode { try await fixture.requests.delete(request) } == .deletionProtected)
        #expect(try await fixture.get(store.id, as: caller) == store)
        #expect(try await update(fixture, store, as: caller, protection: false).deletionProtection == false)
        #expect(try await fixture.requests.delete(request).store.status == .deleting)
    }

    @Test func `a change is kept and told, one that changes nothing is not`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller, displayName: "Acme").store
        let before = try await fixture.outbox().count

        let changed = try await update(fixture, store, as: caller, name: "Better", protection: true)
        let again = try await update(fixture, store, as: caller, name: "Better", protection: true)

        #expect(changed.displayName == "Better")
        #expect(changed.deletionProtection)
        #expect(changed.updatedAt > store.updatedAt)
        #expect(again == changed)
        #expect(try await fixture.get(store.id, as: caller) == changed)
        #expect(try await fixture.events(of: store.id, as: caller) == ["created", "settingsChanged"])
        let told = try await fixture.outbox().dropFirst(before).map {
            try Contract.body(StoreNotice.self, of: $0.message)
        }
        #expect(told.map(\.kind) == [.changed, .recorded])
        #expect(told.first?.store == changed)
        #expect(told.last?.events?.first?.metadata["displayName"] == .string("Better"))
    }

    @Test func `what is not said stays as it is, also through the facts of its life`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        _ = try await update(fixture, store, as: caller, protection: true)
        _ = try await update(fixture, store, as: caller, name: "Better")

        try await fixture.apply(fixture.fact(.provisioned, of: store))

        let ready = try await fixture.get(store.id, as: caller)
        #expect(ready.deletionProtection)
        #expect(ready.displayName == "Better")
        #expect(ready.status == .ready)
    }

    @Test func `a change of a store that is no longer what the caller saw is refused`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        func rename(_ name: String, expecting expected: StoreResource) async throws -> StoreResource {
            try await fixture.requests.update(
                UpdateStore(
                    caller: caller,
                    storeID: store.id,
                    displayName: name,
                    deletionProtection: nil,
                    expected: expected
                )
            )
        }

        let renamed = try await rename("Better", expecting: store)

        #expect(try await faultCode { try await rename("Worse", expecting: store) } == .preconditionFailed)
        #expect(try await rename("Best", expecting: renamed).displayName == "Best")
    }

    @Test func `another's store is not there, and a viewer changes nothing`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let bob = try await fixture.user("bob")
        let store = try await fixture.create("acme", for: ada).store
        let viewer = Caller(userID: ada.userID, role: .viewer)

        #expect(try await faultCode { try await update(fixture, store, as: bob, protection: true) } == .notFound)
        #expect(try await faultCode { try await update(fixture, store, as: viewer, protection: true) } == .forbidden)
    }

    @Test func `it is too late to protect a store that is being deleted, and its deletion stays idempotent`()
        async throws
    {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let request = StoreRequest(caller: caller, storeID: store.id)
        let deletion = try await fixture.requests.delete(request)

        let code = try await faultCode { try await update(fixture, store, as: caller, protection: true) }

        #expect(code == .invalidStateTransition)
        #expect(try await fixture.requests.delete(request).operation == deletion.operation)
    }
}
