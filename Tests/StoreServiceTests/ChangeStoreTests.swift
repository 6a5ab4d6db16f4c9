import Foundation
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct ChangeStoreTests {
    @Test func `deleting raises the generation, overtakes the create and sends the work`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let created = try await fixture.create("acme", for: caller)

        let deleted = try await fixture.requests.delete(StoreRequest(caller: caller, storeID: created.store.id))

        #expect(deleted.store.status == .deleting)
        #expect(deleted.store.generation == 2)
        #expect(deleted.operation.kind == .delete)
        let create = try await fixture.requests.operation(
            OperationRequest(caller: caller, operationID: created.operation.id)
        )
        #expect(create.status == .cancelled)
        #expect(try await fixture.outbox().map(\.message.subject.description).contains("provision.local.delete"))
    }

    @Test func `deleting twice gives the same operation and sends the work once`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let request = StoreRequest(caller: caller, storeID: store.id)

        let first = try await fixture.requests.delete(request)
        let second = try await fixture.requests.delete(request)

        #expect(second.operation == first.operation)
        #expect(second.store.generation == 2)
        let commands = try await fixture.outbox().filter { $0.message.subject.description == "provision.local.delete" }
        #expect(commands.count == 1)
    }

    @Test func `ten deletes at once give one operation`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store

        let operations = try await withThrowingTaskGroup(of: OperationID.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await fixture.requests.delete(StoreRequest(caller: caller, storeID: store.id)).operation.id
                }
            }
            return try await group.reduce(into: Set<OperationID>()) { $0.insert($1) }
        }

        #expect(operations.count == 1)
    }

    @Test func `a store that is gone is not found, its slot is free, its history stays`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada", maxStores: 1)
        let store = try await fixture.create("acme", for: caller).store
        let deleted = try await fixture.requests.delete(StoreRequest(caller: caller, storeID: store.id))

        try await fixture.apply(fixture.fact(.deletionStarted, of: deleted.store))
        try await fixture.apply(fixture.fact(.releaseUninstalled, of: deleted.store))
        try await fixture.apply(fixture.fact(.namespaceReleased, of: deleted.store))

        #expect(try await faultCode { try await fixture.get(store.id, as: caller) } == .notFound)
        let again = try await faultCode {
            try await fixture.requests.delete(StoreRequest(caller: caller, storeID: store.id))
        }
        #expect(again == .notFound)
        let operation = try await fixture.requests.operation(
            OperationRequest(caller: caller, operationID: deleted.operation.id)
        )
        #expect(operation.status == .succeeded)
        #expect(operation.steps.map(\.name) == ["UninstallRelease", "ReleaseNamespace"])
        #expect(
            try await fixture.events(of: store.id, as: caller) == [
                "created", "deletionRequested", "deletionStarted", "releaseUninstalled", "namespaceReleased", "deleted",
            ]
        )
        #expect(try await fixture.outbox().last?.message.subject == Subjects.notice(.removed, of: store.id))
        #expect(try await faultCode { try await fixture.create("other", for: caller) } == nil)
    }

    @Test func `only a FAILED store can be tried again, as the next generation`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let request = StoreRequest(caller: caller, storeID: store.id)
        #expect(try await faultCode { try await fixture.requests.retry(request) } == .invalidStateTransition)

        try await fixture.apply(fixture.fact(.provisioningFailed, of: store, failure: Fixture.failure))
        let retried = try await fixture.requests.retry(request)

        #expect(retried.store.status == .pending)
        #expect(retried.store.generation == 2)
        #expect(retried.store.failure == nil)
        #expect(retried.operation.kind == .retry)
        let commands = try await fixture.outbox().filter { $0.message.subject.description == "provision.local.create" }
        #expect(commands.compactMap { $0.message.headers["Generation"] } == ["1", "2"])
    }

    @Test func `another member's store is not there, an admin sees every store`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let bob = try await fixture.user("bob")
        let root = try await fixture.user("root", role: .admin)
        let accepted = try await fixture.create("acme", for: ada)
        let id = accepted.store.id

        #expect(try await faultCode { try await fixture.get(id, as: bob) } == .notFound)
        #expect(try await faultCode { try await fixture.events(of: id, as: bob) } == .notFound)
        let deletion = try await faultCode { try await fixture.requests.delete(StoreRequest(caller: bob, storeID: id)) }
        #expect(deletion == .notFound)
        let operation = OperationRequest(caller: bob, operationID: accepted.operation.id)
        #expect(try await faultCode { try await fixture.requests.operation(operation) } == .notFound)
        #expect(try await fixture.get(id, as: root).id == id)
    }
}
