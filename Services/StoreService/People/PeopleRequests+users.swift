import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

extension PeopleRequests {
    /// Adds a user with a first key, which allows what the caller's own does and no more.
    func createUser(_ request: CreateUser) async throws -> UserResource {
        try request.caller.requireAdministering(.write)
        let time = environment.now()
        let user = UserRecord(
            id: try newID(UserID.init),
            email: request.email.description,
            name: request.name,
            role: request.role,
            maxStores: request.maxStores ?? Self.usualMaxStores,
            createdAt: time,
            updatedAt: time
        )
        let key = KeyRecord(
            id: try newID(KeyID.init),
            userID: user.id,
            name: Self.firstKeyName,
            prefix: request.key.prefix,
            scopes: request.caller.scopes,
            createdAt: time
        )
        try await Self.refusingTakenEmail {
            try await database.write { records in
                try await records.insert(user)
                try await records.insert(key, hash: request.key.hash)
                try await records.audit(
                    AuditDraft(
                        .createUser,
                        user,
                        by: request.caller,
                        at: time,
                        metadata: [
                            "role": .string(user.role.rawValue), "maxStores": .integer(Int64(user.maxStores)),
                            "keyPrefix": .string(key.prefix),
                        ]
                    )
                )
            }
        }
        return UserListing(user: user, used: 0).resource
    }

    /// One user: admins see everyone, others themselves.
    func user(_ request: UserRequest) async throws -> UserResource {
        guard request.caller.role == .admin || request.caller.userID == request.userID else { throw Self.noSuchUser }
        let listing = try await database.read { try await $0.listing(of: request.userID, isLocked: false) }
        guard let listing else { throw Self.noSuchUser }
        return listing.resource
    }

    /// A page of users, the latest first.
    func users(_ request: ListUsers) async throws -> Page<UserResource> {
        try request.caller.requireAdministering(.read)
        let limit = min(max(1, request.limit), 100)
        let place = try request.cursor.map { try ListPlace(cursor: $0, of: .users) }
        let filter = UserListFilter(text: request.query.flatMap { $0.isEmpty ? nil : $0 }, role: request.role)
        let found = try await database.read { try await $0.users(filter, after: place, limit: limit + 1) }
        return Page(
            found,
            limit: limit,
            of: .users,
            place: { ListPlace(time: $0.user.createdAt, id: $0.user.id.description) },
            item: \.resource
        )
    }

    private static let firstKeyName = "First key"
}

extension UserListing {
    /// As the API shows it.
    var resource: UserResource {
        UserResource(
            id: user.id,
            email: user.email,
            name: user.name,
            role: user.role,
            maxStores: user.maxStores,
            used: used,
            createdAt: user.createdAt,
            updatedAt: user.updatedAt
        )
    }
}

extension AuditDraft {
    /// Something done to a user.
    init(
        _ action: AuditAction,
        _ user: UserRecord,
        by caller: Caller,
        at time: Date,
        metadata: [String: JSONValue] = [:]
    ) {
        self.init(
            action: action,
            actor: caller,
            ownerID: user.id,
            target: user.email,
            metadata: ["userId": .string(user.id.description)].merging(metadata) { $1 },
            at: time
        )
    }
}
