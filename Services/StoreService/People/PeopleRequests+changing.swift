import Foundation
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PeopleRequests {
    /// Changes a user. Idempotent: what is so already is neither written nor told again.
    ///
    /// Throws `PRECONDITION_FAILED` where the user is no longer what the caller takes them for, `EMAIL_TAKEN`, and
    /// `LAST_ADMIN` where nobody could manage users any more.
    func updateUser(_ request: UpdateUser) async throws -> UserResource {
        try request.caller.requireAdministering(.write)
        return try await Self.refusingTakenEmail {
            try await database.write { records in
                // First of all locks, where a role may be lost: two admins who make each other less come one after the
                // other.
                let admins = try await request.role == nil ? [] : records.lockAdmins()
                guard let listing = try await records.listing(of: request.userID, isLocked: true) else {
                    throw Self.noSuchUser
                }
                if let expected = request.expected, try Self.differ(expected, listing.resource) {
                    throw ServiceFault(.preconditionFailed, "The user changed since you looked at them.")
                }
                let before = listing.user
                var user = before
                user.email = request.email?.description ?? user.email
                user.name = request.name ?? user.name
                user.role = request.role ?? user.role
                user.maxStores = request.maxStores ?? user.maxStores
                guard user != before else { return listing.resource }
                if before.role == .admin, user.role != .admin { try Self.requireAnother(admins, than: user.id) }
                user.updatedAt = environment.now()
                try await records.update(user)
                try await records.audit(
                    AuditDraft(
                        .updateUser,
                        before,
                        by: request.caller,
                        at: user.updatedAt,
                        metadata: Self.changes(before, user)
                    )
                )
                try await records.enqueue([try .authChanged(user.id)], at: user.updatedAt)
                return UserListing(user: user, used: listing.used).resource
            }
        }
    }

    /// Removes a user with their keys, at once and everywhere. Their entries in the audit stay.
    ///
    /// Throws `LAST_ADMIN`, and `USER_HAS_STORES` while there is one, also one that is being deleted.
    func deleteUser(_ request: UserRequest) async throws -> Done {
        try request.caller.requireAdministering(.write)
        try await database.write { records in
            let admins = try await records.lockAdmins()
            guard let listing = try await records.listing(of: request.userID, isLocked: true) else {
                throw Self.noSuchUser
            }
            if listing.user.role == .admin { try Self.requireAnother(admins, than: listing.user.id) }
            guard listing.used == 0 else {
                throw ServiceFault(
                    .userHasStores,
                    "The user still has \(listing.used == 1 ? "a store" : "\(listing.used) stores"). Delete them first."
                )
            }
            let time = environment.now()
            try await records.audit(AuditDraft(.deleteUser, listing.user, by: request.caller, at: time))
            try await records.remove(listing.user.id)
            try await records.enqueue([try .authChanged(listing.user.id)], at: time)
        }
        return Done()
    }

    /// Translates "another user has the address".
    static func refusingTakenEmail<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as PostgresError where error.constraint == "users_email_key" {
            throw ServiceFault(
                .emailTaken,
                "Another user has this address.",
                issues: [.init(field: "email", issue: "is taken")]
            )
        }
    }

    private static func requireAnother(_ admins: Set<UserID>, than user: UserID) throws {
        guard admins.contains(where: { $0 != user }) else {
            throw ServiceFault(.lastAdmin, "This is the only admin: nobody could manage users without them.")
        }
    }

    /// As they travel: times have milliseconds there.
    private static func differ(_ one: UserResource, _ other: UserResource) throws -> Bool {
        try PlatformJSON.encode(one) != PlatformJSON.encode(other)
    }

    private static func changes(_ before: UserRecord, _ after: UserRecord) -> [String: JSONValue] {
        var changes: [String: JSONValue] = [:]
        if before.email != after.email { changes["email"] = .string(after.email) }
        if before.name != after.name { changes["name"] = .string(after.name) }
        if before.role != after.role { changes["role"] = .string(after.role.rawValue) }
        if before.maxStores != after.maxStores { changes["maxStores"] = .integer(Int64(after.maxStores)) }
        return changes
    }
}
