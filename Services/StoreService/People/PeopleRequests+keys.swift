import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PeopleRequests {
    /// A page of a user's keys, the latest first.
    func keys(_ request: ListKeys) async throws -> Page<KeyResource> {
        let limit = min(max(1, request.limit), 100)
        let place = try request.cursor.map { try ListPlace(cursor: $0, of: .keys) }
        let found = try await database.read { records in
            let user = try await visibleUser(request.userID, to: request.caller, isLocked: false, in: records)
            return try await records.keys(of: user.id, after: place, limit: limit + 1)
        }
        return Page(
            found,
            limit: limit,
            of: .keys,
            place: { ListPlace(time: $0.createdAt, id: $0.id.description) },
            item: \.resource
        )
    }

    /// Adds a key, which allows no more than the one it is made with.
    func createKey(_ request: CreateKey) async throws -> KeyResource {
        try request.caller.require(.write)
        let scopes = request.scopes ?? request.caller.scopes
        try Self.require(scopes, of: request.caller)
        let time = environment.now()
        if let end = request.expiresAt, end <= time {
            throw ServiceFault(
                .invalidRequest,
                "The key would have ended already.",
                issues: [.init(field: "expiresAt", issue: "must be in the future")]
            )
        }
        let key = KeyRecord(
            id: try newID(KeyID.init),
            userID: request.userID,
            name: request.name ?? "Key of \(RFC3339.format(time).prefix(10))",
            prefix: request.key.prefix,
            scopes: scopes,
            createdAt: time,
            expiresAt: request.expiresAt
        )
        return try await database.write { records in
            // The lock makes counting and inserting one step.
            let user = try await visibleUser(request.userID, to: request.caller, isLocked: true, in: records)
            try await requirePlace(for: user, at: time, in: records)
            try await records.insert(key, hash: request.key.hash)
            try await records.audit(AuditDraft(.createKey, key, by: request.caller, at: time))
            return key.resource
        }
    }

    /// Adds a key like another one, which ends after a while: so whoever uses it has time to change over.
    ///
    /// The new one lives as long as the other one was given. Throws `INVALID_STATE_TRANSITION` for a key that has ended.
    func rotateKey(_ request: RotateKey) async throws -> KeyResource {
        try request.caller.require(.write)
        let id = try newID(KeyID.init)
        return try await database.write { records in
            let user = try await visibleUser(request.userID, to: request.caller, isLocked: true, in: records)
            guard var old = try await records.key(request.keyID, of: user.id, isLocked: true) else {
                throw Self.noSuchKey
            }
            let time = environment.now()
            guard old.isValid(at: time) else {
                throw ServiceFault(.invalidStateTransition, "The key has ended. Make another one.")
            }
            try Self.require(old.scopes, of: request.caller)
            let key = old.successor(id: id, prefix: request.key.prefix, at: time)
            let end = time.addingTimeInterval(Double(max(0, request.overlapSeconds)))
            old.expiresAt = min(old.expiresAt ?? .distantFuture, end)
            try await records.end(old)
            try await requirePlace(for: user, at: time, in: records)
            try await records.insert(key, hash: request.key.hash)
            try await records.audit(
                AuditDraft(
                    .rotateKey,
                    old,
                    by: request.caller,
                    at: time,
                    metadata: ["newKeyId": .string(key.id.description), "newPrefix": .string(key.prefix)]
                )
            )
            try await records.enqueue([try .authChanged(user.id)], at: time)
            return key.resource
        }
    }

    /// Ends a key, at once and everywhere, with the sessions that were signed in with it. Idempotent.
    func revokeKey(_ request: RevokeKey) async throws -> Done {
        try request.caller.require(.write)
        try await database.write { records in
            let user = try await visibleUser(request.userID, to: request.caller, isLocked: true, in: records)
            guard var key = try await records.key(request.keyID, of: user.id, isLocked: true) else {
                throw Self.noSuchKey
            }
            guard key.revokedAt == nil else { return }
            let time = environment.now()
            key.revokedAt = time
            try await records.end(key)
            try await records.audit(AuditDraft(.revokeKey, key, by: request.caller, at: time))
            try await records.enqueue([try .authChanged(user.id)], at: time)
        }
        return Done()
    }

    private func requirePlace(for user: UserRecord, at time: Date, in records: any StoreRecords) async throws {
        guard try await records.validKeyCount(of: user.id, at: time) < Self.keyLimit else {
            throw ServiceFault(
                .keyLimitReached,
                "There are as many keys as a user may have: \(Self.keyLimit). Revoke one first."
            )
        }
    }

    private static func require(_ scopes: KeyScopes, of caller: Caller) throws {
        guard scopes.isSubset(of: caller.scopes) else {
            throw ServiceFault(
                .insufficientScope,
                "A key cannot be given more scopes than the one it is made with.",
                issues: [.init(field: "scopes", issue: "must be among your own key's")]
            )
        }
    }

    private static var noSuchKey: ServiceFault { ServiceFault(.notFound, "There is no such key.") }
}
