import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

extension StoreRequests {
    /// Begins the end of a store. Idempotent: while it is being deleted the same operation is the answer.
    ///
    /// Throws `DELETION_PROTECTED` for a store that refuses.
    func delete(_ request: StoreRequest) async throws -> StoreAccepted {
        try request.caller.requireWriting()
        return try await failpoints.around("store-service.delete") { try await beginDeletion(request) }
    }

    private func beginDeletion(_ request: StoreRequest) async throws -> StoreAccepted {
        try await database.write { records in
            var store = try await visibleStore(request.storeID, to: request.caller, isLocked: true, in: records)
            let before = store.lifecycle
            guard let next = StoreStateMachine(before).requestDeletion() else {
                guard let operation = try await records.operation(of: store.id, generation: before.generation) else {
                    throw ServiceFault(.internalError, "The deletion has no operation.")
                }
                records.show(store)
                return StoreAccepted(store: store.resource, operation: operation.resource(at: environment.now()))
            }
            guard !store.deletionProtection else {
                throw ServiceFault(
                    .deletionProtected,
                    "This store is protected against deletion. Switch the protection off first."
                )
            }
            store.begin(next, at: environment.now())
            // Deletions wait for nobody's place.
            store.dispatchedGeneration = next.generation
            return try await accept(
                store,
                before: before,
                as: .delete,
                audited: .deleteStore,
                event: ("deletionRequested", "The store's deletion was accepted."),
                by: request.caller,
                in: records
            )
        }
    }

    /// Tries a store again that is FAILED, or READY and degraded: same store, same secrets, same data.
    func retry(_ request: StoreRequest) async throws -> StoreAccepted {
        try request.caller.requireWriting()
        return try await database.write { records in
            var store = try await visibleStore(request.storeID, to: request.caller, isLocked: true, in: records)
            let before = store.lifecycle
            try await refuseDuringRotation(of: store.id, generation: before.generation, in: records)
            do {
                store.begin(try StoreStateMachine(before).requestRetry(), at: environment.now())
            } catch {
                throw ServiceFault(
                    .invalidStateTransition,
                    "Only a store that is FAILED, or READY and degraded, can be tried again; this one is \(before.status.rawValue)."
                )
            }
            return try await accept(
                store,
                before: before,
                as: .retry,
                audited: .retryStore,
                event: ("retryRequested", "Another try was accepted."),
                by: request.caller,
                in: records
            )
        }
    }

    /// Writes down that a store's next generation was asked for, and sends the work.
    private func accept(
        _ store: StoreRecord,
        before: StoreLifecycle,
        as kind: OperationResource.Kind,
        audited action: AuditAction,
        event: (name: String, message: String),
        by caller: Caller,
        in records: any StoreRecords
    ) async throws -> StoreAccepted {
        guard try await records.update(store, before: before, sealedAdminPassword: nil) else {
            throw ServiceFault(.serviceUnavailable, "The store changed meanwhile; try again.")
        }
        guard let owner = try await records.user(store.ownerID, isLocked: false) else {
            throw ServiceFault(.internalError, "The store has no owner.")
        }
        let (operation, news) = try await begin(kind, of: store, in: records)
        let recorded = try await records.append(
            store.draft(event.name, event.message, at: store.updatedAt, by: caller)
        )
        try await records.audit(AuditDraft(action, store, by: caller, at: store.updatedAt))
        try await records.enqueue(
            [.changed(store), .recorded(recorded, owner: store.ownerID)] + news,
            at: store.updatedAt
        )
        if kind == .delete {
            let command = store.command(.delete, adminEmail: owner.email)
            try await records.enqueue([.command(command, attempt: 0)], at: store.updatedAt)
            if before.isBeingMade { try await admission.fill(store.region, at: store.updatedAt, in: records) }
        } else {
            try await admission.enter(store, at: store.updatedAt, in: records)
        }
        return StoreAccepted(store: store.resource, operation: operation.resource(at: store.updatedAt))
    }
}

extension StoreRecord {
    fileprivate mutating func begin(_ lifecycle: StoreLifecycle, at time: Date) {
        self.lifecycle = lifecycle
        updatedAt = time
        activeAt = time
        requestedAt = time
    }
}
