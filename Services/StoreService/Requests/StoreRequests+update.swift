import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

extension StoreRequests {
    /// Changes what people may change about a store: what it is called, and whether it refuses to be deleted.
    ///
    /// Idempotent: what is so already is neither written nor told again. Throws `PRECONDITION_FAILED` where the store is no
    /// longer what the caller takes it for, and `INVALID_STATE_TRANSITION` where a store that is being deleted is to be
    /// protected: it is too late.
    func update(_ request: UpdateStore) async throws -> StoreResource {
        try request.caller.requireWriting()
        return try await database.write { records in
            var store = try await visibleStore(request.storeID, to: request.caller, isLocked: true, in: records)
            let before = store
            if let expected = request.expected, try Self.differ(expected, store.resource) {
                throw ServiceFault(.preconditionFailed, "The store changed since you looked at it.")
            }
            store.displayName = request.displayName ?? store.displayName
            store.deletionProtection = request.deletionProtection ?? store.deletionProtection
            guard store != before else {
                records.show(store)
                return store.resource
            }
            if store.deletionProtection, !before.deletionProtection, store.lifecycle.status == .deleting {
                throw ServiceFault(.invalidStateTransition, "The store is being deleted; it cannot be protected now.")
            }
            store.updatedAt = environment.now()
            try await records.updateSettings(store)
            let event = try await records.append(
                store.draft(
                    "settingsChanged",
                    Self.sentence(before, store),
                    at: store.updatedAt,
                    by: request.caller,
                    metadata: Self.changes(before, store)
                )
            )
            try await records.audit(
                AuditDraft(
                    .updateStore,
                    store,
                    by: request.caller,
                    at: store.updatedAt,
                    metadata: Self.changes(before, store)
                )
            )
            try await records.enqueue([.changed(store), .recorded(event, owner: store.ownerID)], at: store.updatedAt)
            return store.resource
        }
    }

    /// As they travel: times have milliseconds there.
    private static func differ(_ one: StoreResource, _ other: StoreResource) throws -> Bool {
        try PlatformJSON.encode(one) != PlatformJSON.encode(other)
    }

    private static func changes(_ before: StoreRecord, _ after: StoreRecord) -> [String: JSONValue] {
        var changes: [String: JSONValue] = [:]
        if before.displayName != after.displayName { changes["displayName"] = .string(after.displayName) }
        if before.deletionProtection != after.deletionProtection {
            changes["deletionProtection"] = .bool(after.deletionProtection)
        }
        return changes
    }

    private static func sentence(_ before: StoreRecord, _ after: StoreRecord) -> String {
        guard before.deletionProtection != after.deletionProtection else {
            return "The store got another name to show."
        }
        return after.deletionProtection
            ? "The store is protected against deletion." : "The store's protection against deletion was switched off."
    }
}
