import HTTPServer
import StoreContracts
import StoreDomain

/// The body of `POST /api/users`.
struct UserDraft: Hashable, Sendable {
    /// Nobody has more.
    static let mostStores = 0...10_000

    let email: EmailAddress
    let name: String
    let role: Caller.Role
    let maxStores: Int?

    /// Throws a fault that names every wrong member at once.
    init(of request: HTTPRequest) throws {
        var body = try RequestBody(of: request, members: ["email", "name", "role", "maxStores"])
        let email = body.needed("email") { $0.value("email", or: EmailAddress.rule, EmailAddress.init) }
        let name = body.needed("name") { $0.label("name") }
        role = body.choice("role") ?? .member
        maxStores = body.number("maxStores", in: Self.mostStores)
        try body.check()
        guard let email, let name else { throw ServiceFault(.invalidRequest, "Address and name are needed.") }
        self.email = email
        self.name = name
    }
}

/// The body of `PATCH /api/users/{id}`.
struct UserPatch: Hashable, Sendable {
    let email: EmailAddress?
    let name: String?
    let role: Caller.Role?
    let maxStores: Int?

    /// Throws a fault that names every wrong member at once, also for one that changes nothing.
    init(of request: HTTPRequest) throws {
        var body = try RequestBody(
            of: request,
            members: ["email", "name", "role", "maxStores"],
            types: StorePatch.mediaTypes
        )
        body.refuseNulls()
        email = body.value("email", or: EmailAddress.rule, EmailAddress.init)
        name = body.label("name")
        role = body.choice("role")
        maxStores = body.number("maxStores", in: UserDraft.mostStores)
        try body.check()
        guard !body.isEmpty else {
            throw ServiceFault(.invalidRequest, "The patch changes nothing: give email, name, role or maxStores.")
        }
    }
}
