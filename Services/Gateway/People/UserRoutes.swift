import HTTPServer
import StoreContracts
import StoreDomain

/// Users: each route is one request to store-service. Admins manage everyone, others look at themselves.
struct UserRoutes: Sendable {
    let upstream: Upstream

    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.get, "/api/users", .reading(from: .admin, list))
        router.add(.post, "/api/users", .changing(from: .admin, create))
        router.add(.get, "/api/users/{id}", .reading(get))
        router.add(.patch, "/api/users/{id}", .changing(from: .admin, patch))
        router.add(.delete, "/api/users/{id}", .changing(from: .admin, delete))
    }

    private func list(_ call: Call) async throws -> HTTPResponse {
        var query = RequestQuery(of: call.request, items: ["q", "role", "limit", "cursor"])
        let request = ListUsers(
            caller: call.caller,
            query: query.text("q"),
            role: query.choice("role"),
            limit: query.limit(),
            cursor: query.cursor()
        )
        try query.check()
        let page: Page<UserResource> = try await upstream.call(Subjects.User.list, request, requestID: call.id)
        return try .tagged(PageResource(page), for: call.request)
    }

    /// The key is in this answer and nowhere else, ever.
    private func create(_ call: Call) async throws -> HTTPResponse {
        let draft = try UserDraft(of: call.request)
        let key = try MintedKey()
        let request = CreateUser(
            caller: call.caller,
            email: draft.email,
            name: draft.name,
            role: draft.role,
            maxStores: draft.maxStores,
            key: key.fingerprint
        )
        let user: UserResource = try await upstream.call(Subjects.User.create, request, requestID: call.id)
        return try .json(
            UserMade(user: user, apiKey: key.text),
            status: .created,
            headers: ["Location": "/api/users/\(user.id)", "Cache-Control": "no-store"]
        )
    }

    private func get(_ call: Call) async throws -> HTTPResponse {
        try RequestQuery(of: call.request).check()
        return try .tagged(try await read(try call.userID(), call), for: call.request)
    }

    private func patch(_ call: Call) async throws -> HTTPResponse {
        let id = try call.userID()
        let patch = try UserPatch(of: call.request)
        let request = UpdateUser(
            caller: call.caller,
            userID: id,
            email: patch.email,
            name: patch.name,
            role: patch.role,
            maxStores: patch.maxStores,
            expected: try await call.expected { try await read(id, call) }
        )
        let user: UserResource = try await upstream.call(Subjects.User.update, request, requestID: call.id)
        return try .json(user, headers: EntityTag.headers(try EntityTag.make(of: user)))
    }

    private func delete(_ call: Call) async throws -> HTTPResponse {
        try RequestQuery(of: call.request).check()
        let request = UserRequest(caller: call.caller, userID: try call.userID())
        let _: Done = try await upstream.call(Subjects.User.delete, request, requestID: call.id)
        return HTTPResponse(.noContent)
    }

    private func read(_ id: UserID, _ call: Call) async throws -> UserResource {
        let request = UserRequest(caller: call.caller, userID: id)
        return try await upstream.call(Subjects.User.get, request, requestID: call.id)
    }
}

/// The answer to a new user.
private struct UserMade: Encodable {
    let user: UserResource
    let apiKey: String
}
