import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import StoreService

/// Who gets a store's passwords, still sealed, and how they are changed.
@Suite(.timeLimit(.minutes(1))) struct CredentialTests {
    private static let access = StoreFact.AdminAccess(user: "admin", sealedPassword: "v1.k1.first")
    private static let next = StoreFact.AdminAccess(user: "admin", sealedPassword: "v1.k1.second")

    private func ready(_ fixture: Fixture, _ caller: Caller) async throws -> StoreResource {
        let store = try await fixture.create("acme", for: caller).store
        try await fixture.apply(fixture.fact(.provisioned, of: store, adminAccess: Self.access))
        return try await fixture.get(store.id, as: caller)
    }

    private func rotate(_ fixture: Fixture, _ store: StoreResource, _ caller: Caller, database: Bool = false)
        async throws -> StoreAccepted
    {
        try await fixture.requests.rotate(RotateCredentials(caller: caller, storeID: store.id, database: database))
    }

    private func fact(
        _ kind: StoreFact.Kind,
        of store: StoreResource,
        _ fixture: Fixture,
        step: RotationStep? = nil,
        access: StoreFact.AdminAccess? = nil,
        failure: RotationFailure? = nil
    ) -> StoreFact {
        StoreFact(
            kind: kind,
            storeID: store.id,
            generation: store.generation,
            occurredAt: fixture.clock.now(),
            message: "It happened.",
            adminAccess: access,
            rotationStep: step,
            rotationFailure: failure
        )
    }

    private func sealed(_ fixture: Fixture, _ id: StoreID, _ caller: Caller) async throws -> String {
        try await fixture.requests.credentials(StoreRequest(caller: caller, storeID: id)).sealedPassword
    }

    @Test func `passwords are there once the store is, for its owner and for admins`() async throws {
        let fixture = try await Fixture()
        let owner = try await fixture.user("ada")
        let admin = try await fixture.user("root", role: .admin)
        let store = try await fixture.create("acme", for: owner).store
        let request = StoreRequest(caller: owner, storeID: store.id)
        #expect(try await faultCode { try await fixture.requests.credentials(request) } == .credentialsNotReady)

        try await fixture.apply(fixture.fact(.provisioned, of: store, adminAccess: Self.access))

        let found = try await fixture.requests.credentials(request)
        #expect(
            found
                == SealedCredentials(
                    storeID: store.id,
                    user: "admin",
                    sealedPassword: "v1.k1.first",
                    adminUrl: store.adminUrl
                )
        )
        #expect(try await sealed(fixture, store.id, admin) == "v1.k1.first")
    }

    @Test func `nobody else gets them, and viewers do not`() async throws {
        let fixture = try await Fixture()
        let store = try await ready(fixture, try await fixture.user("ada"))
        let other = try await fixture.user("eve")
        let viewer = Caller(userID: store.owner, role: .viewer)

        #expect(try await faultCode { try await sealed(fixture, store.id, other) } == .notFound)
        #expect(try await faultCode { try await sealed(fixture, store.id, viewer) } == .forbidden)
        #expect(try await faultCode { try await rotate(fixture, store, other) } == .notFound)
        #expect(try await faultCode { try await rotate(fixture, store, viewer) } == .forbidden)
    }

    @Test func `a rotation keeps the store READY and ends with the new password`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let before = try await ready(fixture, caller)

        let accepted = try await rotate(fixture, before, caller, database: true)

        let store = accepted.store
        #expect((store.status, store.generation) == (.ready, before.generation + 1))
        #expect((accepted.operation.kind, accepted.operation.status) == (.rotate, .pending))
        let commands = try await fixture.outbox().filter { $0.message.subject.description == "provision.local.rotate" }
        let command: ProvisionCommand = try Contract.body(of: try #require(commands.first).message)
        #expect(command.rotation == .init(operationID: accepted.operation.id, database: true))
        for step in RotationStep.allCases.dropLast() {
            try await fixture.apply(fact(.rotationProgressed, of: store, fixture, step: step))
        }
        let request = OperationRequest(caller: caller, operationID: accepted.operation.id)
        let running = try await fixture.requests.operation(request)
        #expect((running.status, running.currentStep) == (.running, RotationStep.commitCredentials.rawValue))
        #expect(running.progress > 50)

        try await fixture.apply(
            fact(.credentialsRotated, of: store, fixture, step: .commitCredentials, access: Self.next)
        )

        let ended = try await fixture.requests.operation(request)
        #expect((ended.status, ended.progress) == (.succeeded, 100))
        #expect(ended.steps.map(\.name) == RotationStep.allCases.map(\.rawValue))
        #expect(try await sealed(fixture, store.id, caller) == "v1.k1.second")
        let after = try await fixture.get(store.id, as: caller)
        #expect((after.status, after.observedGeneration) == (.ready, store.generation))
        let events = try await fixture.events(of: store.id, as: caller)
        #expect(events.contains("rotationRequested") && events.contains("credentialsRotated"))
    }

    @Test func `one rotation at a time, and of READY stores only`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let made = try await fixture.create("acme", for: caller).store
        #expect(try await faultCode { try await rotate(fixture, made, caller) } == .invalidStateTransition)
        try await fixture.apply(fixture.fact(.provisioned, of: made, adminAccess: Self.access))
        let store = try await rotate(fixture, made, caller).store

        #expect(try await faultCode { try await rotate(fixture, made, caller) } == .operationInProgress)
        let retry = StoreRequest(caller: caller, storeID: made.id)
        #expect(try await faultCode { try await fixture.requests.retry(retry) } == .operationInProgress)

        let failure = RotationFailure(code: .signInFailed, step: .verifyAdminPassword, message: "No.", hint: "Look.")
        try await fixture.apply(fact(.rotationFailed, of: store, fixture, failure: failure))
        let operations = try await fixture.requests.operations(
            ListOperations(caller: caller, storeID: made.id, limit: 1)
        )
        #expect(operations.items.first?.status == .failed)
        #expect(operations.items.first?.error == OperationFailure(failure))
        #expect(try await sealed(fixture, made.id, caller) == "v1.k1.first")
        #expect(try await rotate(fixture, made, caller).operation.status == .pending)
    }

    @Test func `a deletion ends a rotation, and what that says late has no effect`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let rotating = try await rotate(fixture, try await ready(fixture, caller), caller)

        let deleting = try await fixture.requests.delete(StoreRequest(caller: caller, storeID: rotating.store.id))

        let request = OperationRequest(caller: caller, operationID: rotating.operation.id)
        #expect(try await fixture.requests.operation(request).status == .cancelled)
        let late = fact(.credentialsRotated, of: rotating.store, fixture, access: Self.next)
        #expect(try await fixture.apply(late) == .ignored)
        #expect(try await sealed(fixture, deleting.store.id, caller) == "v1.k1.first")
    }

    @Test func `what a look at the store finds is no step of its rotation`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let rotating = try await rotate(fixture, try await ready(fixture, caller), caller)

        try await fixture.apply(fixture.fact(.provisioned, of: rotating.store))

        let request = OperationRequest(caller: caller, operationID: rotating.operation.id)
        let operation = try await fixture.requests.operation(request)
        #expect((operation.status, operation.steps) == (.pending, []))
    }

    @Test(arguments: [false, true]) func `a rotation nobody speaks of is asked for again`(database: Bool) async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let rotating = try await rotate(fixture, try await ready(fixture, caller), caller, database: database)
        let start = fixture.clock.now()
        try await fixture.relay.drain()
        let reconciler = StoreReconciler(
            bus: fixture.bus,
            database: fixture.database,
            decision: StuckStoreDecision(patience: 180, timeout: 1200),
            facts: fixture.facts,
            interval: .seconds(30),
            logger: Fixture.logger,
            now: fixture.clock.now
        )
        fixture.clock.advance(by: 10_000)

        try await reconciler.reconcile(listeningSince: start)

        let commands = try await fixture.outbox().filter { $0.message.subject.firstToken == "provision" }
        let command: ProvisionCommand = try Contract.body(of: try #require(commands.first).message)
        #expect(command.kind == .rotate)
        #expect(command.rotation == .init(operationID: rotating.operation.id, database: database))
        #expect(try await fixture.get(rotating.store.id, as: caller).status == .ready)
    }
}
