import ServiceRuntime
import StoreContracts
import StoreDomain

/// Answers what the gateway asks about users and their keys. One verb a file.
///
/// Throws `ServiceFault`; `SERVICE_UNAVAILABLE` at once while PostgreSQL is away.
struct PeopleRequests: Sendable {
    /// How many stores a user may have unless somebody says otherwise.
    static let usualMaxStores = 5
    /// How many valid keys a user may have.
    static let keyLimit = 100

    let database: StoreDatabase
    let usage: KeyUsage
    let failures: SignInFailures
    var environment = RequestEnvironment()

    /// Adds the table of subjects.
    func add(to router: inout RequestRouter) {
        router.on(Subjects.Auth.verify, VerifyKey.self) { request in try await available { try await verify(request) } }
        router.on(Subjects.Auth.signIn, SignIn.self) { request in try await available { try await signIn(request) } }
        router.on(Subjects.User.create, CreateUser.self) { request in
            try await available { try await createUser(request) }
        }
        router.on(Subjects.User.get, UserRequest.self) { request in
            try await available { try await user(request) }
        }
        router.on(Subjects.User.list, ListUsers.self) { request in
            try await available { try await users(request) }
        }
        router.on(Subjects.User.update, UpdateUser.self) { request in
            try await available { try await updateUser(request) }
        }
        router.on(Subjects.User.delete, UserRequest.self) { request in
            try await available { try await deleteUser(request) }
        }
        router.on(Subjects.Key.list, ListKeys.self) { request in try await available { try await keys(request) } }
        router.on(Subjects.Key.create, CreateKey.self) { request in
            try await available { try await createKey(request) }
        }
        router.on(Subjects.Key.rotate, RotateKey.self) { request in
            try await available { try await rotateKey(request) }
        }
        router.on(Subjects.Key.revoke, RevokeKey.self) { request in
            try await available { try await revokeKey(request) }
        }
    }

    /// A new user's or key's identity.
    func newID<ID>(_ make: (String) -> ID?) throws -> ID {
        guard let id = make(environment.newID()) else { throw ServiceFault(.internalError, "No identity was made.") }
        return id
    }

    /// The user, if the caller may know of them: admins of everyone, others of themselves.
    func visibleUser(
        _ id: UserID,
        to caller: Caller,
        isLocked: Bool,
        in records: any StoreRecords
    ) async throws -> UserRecord {
        guard caller.role == .admin || caller.userID == id, let user = try await records.user(id, isLocked: isLocked)
        else { throw Self.noSuchUser }
        return user
    }

    static var noSuchUser: ServiceFault { ServiceFault(.notFound, "There is no such user.") }
}

extension Caller {
    /// Throws `FORBIDDEN` for anyone but an admin, and `INSUFFICIENT_SCOPE` for a key that does not allow it.
    func requireAdministering(_ scope: KeyScope) throws {
        guard role == .admin else { throw ServiceFault(.forbidden, "Only admins may do this.") }
        try require(scope)
    }
}
