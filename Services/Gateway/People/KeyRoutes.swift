import HTTPServer
import StoreContracts
import StoreDomain

/// A user's keys: their own, or for admins anyone's. Viewers too may look after theirs.
struct KeyRoutes: Sendable {
    let upstream: Upstream

    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.get, "/api/users/{id}/keys", .reading(list))
        router.add(.post, "/api/users/{id}/keys", .changing(from: .viewer, create))
        router.add(.post, "/api/users/{id}/keys/{keyId}/rotate", .changing(from: .viewer, rotate))
        router.add(.delete, "/api/users/{id}/keys/{keyId}", .changing(from: .viewer, revoke))
    }

    private func list(_ call: Call) async throws -> HTTPResponse {
        var query = RequestQuery(of: call.request, items: ["limit", "cursor"])
        let (limit, cursor) = (query.limit(), query.cursor())
        try query.check()
        let request = ListKeys(caller: call.caller, userID: try call.userID(), limit: limit, cursor: cursor)
        let page: Page<KeyResource> = try await upstream.call(Subjects.Key.list, request, requestID: call.id)
        return try .tagged(PageResource(page), for: call.request)
    }

    private func create(_ call: Call) async throws -> HTTPResponse {
        let draft = try KeyDraft(of: call.request)
        let minted = try MintedKey()
        let request = CreateKey(
            caller: call.caller,
            userID: try call.userID(),
            name: draft.name,
            scopes: draft.scopes,
            expiresAt: draft.expiresAt,
            key: minted.fingerprint
        )
        return try made(try await upstream.call(Subjects.Key.create, request, requestID: call.id), minted)
    }

    private func rotate(_ call: Call) async throws -> HTTPResponse {
        let rotation = try KeyRotation(of: call.request)
        let minted = try MintedKey()
        let request = RotateKey(
            caller: call.caller,
            userID: try call.userID(),
            keyID: try call.keyID(),
            overlapSeconds: rotation.overlap,
            key: minted.fingerprint
        )
        return try made(try await upstream.call(Subjects.Key.rotate, request, requestID: call.id), minted)
    }

    private func revoke(_ call: Call) async throws -> HTTPResponse {
        try RequestQuery(of: call.request).check()
        let request = RevokeKey(caller: call.caller, userID: try call.userID(), keyID: try call.keyID())
        let _: Done = try await upstream.call(Subjects.Key.revoke, request, requestID: call.id)
        return HTTPResponse(.noContent)
    }

    /// The key is in this answer and nowhere else, ever.
    private func made(_ key: KeyResource, _ minted: MintedKey) throws -> HTTPResponse {
        try .json(
            KeyMade(key: key, apiKey: minted.text),
            status: .created,
            headers: ["Location": "/api/users/\(key.userId)/keys/\(key.id)", "Cache-Control": "no-store"]
        )
    }
}

/// The answer to a new key.
private struct KeyMade: Encodable {
    let key: KeyResource
    let apiKey: String
}
