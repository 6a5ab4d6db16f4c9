import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct OperationTests {
    private static let facts: [StoreFact.Kind] = [
        .provisioningStarted, .namespaceSecured, .secretsReady, .releaseInstalled, .storeConfigured, .workloadsReady,
        .storefrontReachable, .provisioned,
    ]

    /// Creates a store and brings it to READY, a second for each fact; its operation.
    private func provision(_ name: String, _ fixture: Fixture, _ caller: Caller) async throws -> OperationResource {
        let accepted = try await fixture.create(name, for: caller)
        for kind in Self.facts {
            fixture.clock.advance(by: 1)
            try await fixture.apply(fact(kind, accepted.store, fixture))
        }
        return try await operation(accepted.operation.id, fixture, caller)
    }

    private func fact(_ kind: StoreFact.Kind, _ store: StoreResource, _ fixture: Fixture) -> StoreFact {
        StoreFact(
            kind: kind,
            storeID: store.id,
            generation: store.generation,
            occurredAt: fixture.clock.now(),
            message: "It happened.",
            legs: kind == .provisioned
                ? [.init(name: "cart", duration: 0.25), .init(name: "order", duration: 0.5)] : nil
        )
    }

    private func operation(_ id: OperationID, _ fixture: Fixture, _ caller: Caller) async throws -> OperationResource {
        try await fixture.requests.operation(OperationRequest(caller: caller, operationID: id))
    }

    private func notices(_ fixture: Fixture) async throws -> [OperationResource] {
        try await fixture.outbox().filter { ["created", "operation"].contains($0.message.subject.tokens.last) }
            .compactMap { try Contract.body(StoreNotice.self, of: $0.message).operation }
    }

    @Test func `every step shows how long it took, by its fact or since the step before`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")

        let done = try await provision("acme", fixture, caller)

        #expect(done.status == .succeeded)
        #expect(done.progress == 100)
        #expect(done.currentStep == nil)
        #expect(done.estimatedSeconds == nil)
        #expect(done.steps.map(\.name) == ProvisioningStep.allCases.map(\.rawValue))
        #expect(done.steps.dropLast().allSatisfy { abs(($0.duration ?? 0) - 1) < 0.1 })
        #expect(done.steps.last?.duration == 0.75)
    }

    @Test func `the next operation is estimated by the earlier ones`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        #expect(try await fixture.create("first", for: caller).operation.estimatedSeconds == nil)
        for name in ["second", "third", "fourth"] { _ = try await provision(name, fixture, caller) }

        let accepted = try await fixture.create("acme", for: caller)
        let promised = try #require(accepted.operation.estimatedSeconds)
        #expect(abs(promised - 8) < 0.3)
        #expect(accepted.operation.progress == 0)
        try await fixture.apply(fact(.provisioningStarted, accepted.store, fixture))
        fixture.clock.advance(by: 1)
        try await fixture.apply(fact(.namespaceSecured, accepted.store, fixture))

        let running = try await operation(accepted.operation.id, fixture, caller)
        #expect(running.status == .running)
        #expect(running.progress == 14)
        #expect(running.currentStep == "EnsureSecrets")
        let left = try #require(running.estimatedSeconds)
        #expect(abs(left - 6) < 0.3)
    }

    @Test func `a deletion goes on in steps as well`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        let deleted = try await fixture.requests.delete(StoreRequest(caller: caller, storeID: store.id))

        try await fixture.apply(fact(.deletionStarted, deleted.store, fixture))
        #expect(try await operation(deleted.operation.id, fixture, caller).currentStep == "UninstallRelease")
        try await fixture.apply(fact(.releaseUninstalled, deleted.store, fixture))
        let half = try await operation(deleted.operation.id, fixture, caller)
        #expect(half.currentStep == "ReleaseNamespace")
        #expect((20..<100).contains(half.progress))
        try await fixture.apply(fact(.namespaceReleased, deleted.store, fixture))

        let end = try await operation(deleted.operation.id, fixture, caller)
        #expect(end.progress == 100)
        #expect(end.steps.map(\.name) == ["UninstallRelease", "ReleaseNamespace"])
        #expect(end.steps.allSatisfy { $0.duration != nil })
    }

    @Test func `every change of an operation is told, also that it was overtaken`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let created = try await fixture.create("acme", for: caller)
        try await fixture.apply(fact(.provisioningStarted, created.store, fixture))
        try await fixture.apply(fact(.progressed, created.store, fixture))
        try await fixture.apply(fact(.namespaceSecured, created.store, fixture))
        _ = try await fixture.requests.delete(StoreRequest(caller: caller, storeID: created.store.id))

        let told = try await notices(fixture)

        try #require(told.map(\.kind) == [.create, .create, .create, .create, .delete])
        #expect(told.map(\.status) == [.pending, .running, .running, .cancelled, .pending])
        #expect(told[2].steps.map(\.name) == ["EnsureNamespace"])
        #expect(told[3].finishedAt != nil)
    }

    @Test func `a canary's good news leaves the operation as it ended`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let done = try await provision("acme", fixture, caller)
        let told = try await notices(fixture).count

        let store = try await fixture.get(done.storeId, as: caller)
        fixture.clock.advance(by: 900)
        try await fixture.apply(fact(.provisioned, store, fixture))

        #expect(try await operation(done.id, fixture, caller) == done)
        #expect(try await notices(fixture).count == told)
    }

    @Test func `what is under way is listed to whom it belongs, a store's own with its past`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let bob = try await fixture.user("bob")
        let root = try await fixture.user("root", role: .admin)
        let done = try await provision("done", fixture, ada)
        let running = try await fixture.create("acme", for: ada).operation

        func list(_ caller: Caller, _ store: StoreID? = nil) async throws -> [OperationID] {
            let request = ListOperations(caller: caller, storeID: store, limit: 10)
            return try await fixture.requests.operations(request).items.map(\.id)
        }

        #expect(try await list(ada) == [running.id])
        #expect(try await list(bob).isEmpty)
        #expect(try await list(root) == [running.id])
        #expect(try await list(ada, done.storeId) == [done.id])
        #expect(try await list(bob, done.storeId).isEmpty)
    }

    @Test func `an operation is there before anyone can know of it`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada", maxStores: 100)
        try await fixture.bus.ensureStream(Streams.stores)
        let stream = try await fixture.bus.follow(
            Streams.stores.name,
            filters: [Subjects.notices(.created), Subjects.notices(.operation)],
            from: .new
        )
        let count = 10
        // One relay that runs: what drains by itself leaves the messages to whoever is at it just then.
        let relaying = Task { try await fixture.relay.run() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            // A second client asks the moment the platform speaks of it, the first the moment it is answered.
            group.addTask {
                var heard = 0
                for try await message in stream {
                    let notice = try Contract.body(StoreNotice.self, of: message.message)
                    let id = try #require(notice.operation?.id)
                    _ = try await operation(id, fixture, caller)
                    heard += 1
                    if heard == count { break }
                }
            }
            for number in 0..<count {
                group.addTask {
                    let accepted = try await fixture.create("store-\(number)", for: caller)
                    _ = try await operation(accepted.operation.id, fixture, caller)
                }
            }
            try await group.waitForAll()
        }
        relaying.cancel()
        try await relaying.value
    }
}
