import HTTPServer
import StoreContracts

/// Signing in to the dashboard, signing out, and who one is.
struct SessionRoutes: Sendable {
    let authenticator: Authenticator
    let limits: RateLimits
    let lifetime: Duration
    let isSecure: Bool

    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.post, "/api/session", .open(signIn))
        router.add(.delete, "/api/session", .open(signOut))
        router.add(.get, "/api/me", .reading(me))
    }

    /// `{key}` → 200 with the user and the cookie.
    private func signIn(_ request: HTTPRequest) async throws -> HTTPResponse {
        // Else another site could sign a visitor in with its own key and watch what they enter.
        guard !SameOrigin.isRefuted(by: request) else { throw GatewayFault.crossSiteRequest }
        var body = try RequestBody(of: request, members: ["key"])
        let key = body.text("key")
        if key == nil, body.issues.isEmpty { body.add("key", "is needed") }
        try body.check()
        let (cookie, user) = try await limits.signIn(from: request.clientAddress) {
            try await authenticator.signIn(key: key ?? "", lifetime: lifetime, request: request)
        }
        return try .json(
            MeResource(user),
            headers: [
                "Set-Cookie": SessionCookie.set(cookie, lifetime: lifetime, isSecure: isSecure || request.isEncrypted)
            ]
        )
    }

    /// Nothing is kept here, so nothing can be looked up: the browser forgets the cookie.
    private func signOut(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard !SameOrigin.isRefuted(by: request) else { throw GatewayFault.crossSiteRequest }
        return HTTPResponse(
            .noContent,
            headers: ["Set-Cookie": SessionCookie.clear(isSecure: isSecure || request.isEncrypted)]
        )
    }

    /// Asked anew: the number of stores in use must be right.
    private func me(_ call: Call) async throws -> HTTPResponse {
        try .tagged(MeResource(try await authenticator.ask(call.keyHash, requestID: call.id)), for: call.request)
    }
}

/// The `Set-Cookie` field of a session.
enum SessionCookie {
    static func set(_ value: String, lifetime: Duration, isSecure: Bool) -> String {
        "\(Authenticator.cookieName)=\(value); Max-Age=\(lifetime.components.seconds); \(attributes(isSecure))"
    }

    static func clear(isSecure: Bool) -> String {
        "\(Authenticator.cookieName)=; Max-Age=0; \(attributes(isSecure))"
    }

    private static func attributes(_ isSecure: Bool) -> String {
        "Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }
}
