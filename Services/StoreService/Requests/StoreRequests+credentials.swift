import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

extension StoreRequests {
    /// How a store's admin is entered, the password sealed; written down before it is answered. Throws
    /// `CREDENTIALS_NOT_READY` until the store has one.
    func credentials(_ request: StoreRequest) async throws -> SealedCredentials {
        try request.caller.requireRevealing()
        return try await database.write { records in
            let store = try await visibleStore(request.storeID, to: request.caller, isLocked: false, in: records)
            guard let user = store.adminUser, let sealed = try await records.sealedAdminPassword(of: store.id) else {
                throw ServiceFault(.credentialsNotReady, "The store's passwords are not there yet.")
            }
            try await records.audit(
                AuditDraft(.revealCredentials, store, by: request.caller, at: environment.now())
            )
            return SealedCredentials(storeID: store.id, user: user, sealedPassword: sealed, adminUrl: store.adminURL)
        }
    }

    /// Begins to give a READY store other passwords. It stays READY; a deletion pre-empts it.
    ///
    /// Throws `INVALID_STATE_TRANSITION` for a store that is not READY, `OPERATION_IN_PROGRESS` while one is under way.
    func rotate(_ request: RotateCredentials) async throws -> StoreAccepted {
        try request.caller.requireRevealing()
        return try await failpoints.around("store-service.rotate") {
            try await database.write { try await beginRotation(request, in: $0) }
        }
    }

    private func beginRotation(_ request: RotateCredentials, in records: any StoreRecords) async throws -> StoreAccepted
    {
        var store = try await visibleStore(request.storeID, to: request.caller, isLocked: true, in: records)
        let before = store.lifecycle
        do {
            store.lifecycle = try StoreStateMachine(before).requestRotation()
        } catch {
            throw ServiceFault(
                .invalidStateTransition,
                "Only a READY store can be given other passwords; this one is \(before.status.rawValue)."
            )
        }
        try await refuseDuringRotation(of: store.id, generation: before.generation, in: records)
        guard let owner = try await records.user(store.ownerID, isLocked: false) else {
            throw ServiceFault(.internalError, "The store has no owner.")
        }
        let time = environment.now()
        store.updatedAt = time
        store.activeAt = time
        store.dispatchedGeneration = store.lifecycle.generation
        guard try await records.update(store, before: before, sealedAdminPassword: nil) else {
            throw ServiceFault(.serviceUnavailable, "The store changed meanwhile; try again.")
        }
        let (operation, news) = try await begin(.rotate, withDatabase: request.database, of: store, in: records)
        let event = try await records.append(
            store.draft(
                "rotationRequested",
                "Other passwords were asked for.",
                at: time,
                by: request.caller,
                metadata: ["database": .bool(request.database)]
            )
        )
        try await records.audit(
            AuditDraft(
                .rotateCredentials,
                store,
                by: request.caller,
                at: time,
                metadata: ["database": .bool(request.database)]
            )
        )
        let command = store.command(.rotate, adminEmail: owner.email, rotation: operation.rotation)
        try await records.enqueue(
            [.changed(store), .recorded(event, owner: store.ownerID)] + news + [.command(command, attempt: 0)],
            at: time
        )
        return StoreAccepted(store: store.resource, operation: operation.resource(at: time))
    }

    /// Throws `OPERATION_IN_PROGRESS` while the passwords of the store, which must be locked, are being changed.
    func refuseDuringRotation(of store: StoreID, generation: Int, in records: any StoreRecords) async throws {
        guard let operation = try await records.operation(of: store, generation: generation), operation.isRotating
        else {
            return
        }
        throw ServiceFault(.operationInProgress, "The store's passwords are being changed. Try again in a moment.")
    }
}

extension Caller {
    /// Throws `FORBIDDEN` for a role that only looks, and `INSUFFICIENT_SCOPE` for a key that does not allow it.
    fileprivate func requireRevealing() throws {
        guard role > .viewer else { throw ServiceFault(.forbidden, "Your role does not allow this.") }
        try require(.reveal)
    }
}

extension OperationRecord {
    /// Whether it changes passwords now.
    var isRotating: Bool { kind == .rotate && (status == .pending || status == .running) }

    /// What a provisioner is told of a rotation: what was expected of it says which passwords it is about.
    var rotation: ProvisionCommand.Rotation? {
        guard kind == .rotate else { return nil }
        let steps = expectation?.steps.compactMap { RotationStep(rawValue: $0.name) } ?? []
        return .init(operationID: id, database: steps.contains(where: \.isAboutDatabase))
    }
}
