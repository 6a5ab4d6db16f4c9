import HTTPServer
import PlatformCrypto
import StoreContracts
import StoreDomain

/// The passwords of a store's admin: shown to who may see them, and changed.
struct CredentialRoutes: Sendable {
    let upstream: Upstream
    /// Open what the provisioner sealed.
    let keys: SealingKeys

    func add(to router: inout HTTPRouter<Endpoint>) {
        // Never a GET: the answer must not get into caches, histories or prefetches.
        router.add(.post, "/api/stores/{id}/credentials/reveal", .revealing(reveal))
        router.add(.post, "/api/stores/{id}/credentials/rotate", .revealing(rotate))
    }

    private func reveal(_ call: Call) async throws -> HTTPResponse {
        let request = StoreRequest(caller: call.caller, storeID: try storeID(call))
        if !call.request.body.isEmpty { try RequestBody(of: call.request, members: []).check() }
        let sealed: SealedCredentials = try await upstream.call(
            Subjects.Store.credentials,
            request,
            requestID: call.id
        )
        let credentials = CredentialResource(
            user: sealed.user,
            password: try keys.openText(sealed.sealedPassword, associatedData: request.storeID.description),
            adminUrl: sealed.adminUrl
        )
        return try .json(credentials, headers: ["Cache-Control": "no-store"])
    }

    private func rotate(_ call: Call) async throws -> HTTPResponse {
        let id = try storeID(call)
        var database: Bool?
        if !call.request.body.isEmpty {
            var body = try RequestBody(of: call.request, members: ["database"])
            database = body.flag("database")
            try body.check()
        }
        let accepted: StoreAccepted = try await upstream.call(
            Subjects.Store.rotate,
            RotateCredentials(caller: call.caller, storeID: id, database: database ?? false),
            requestID: call.id
        )
        return try .json(
            accepted,
            status: .accepted,
            headers: ["Location": "/api/stores/\(accepted.store.id)"]
        )
    }

    /// What is no id names no store.
    private func storeID(_ call: Call) throws -> StoreID {
        guard let id = call.parameters["id"].flatMap({ StoreID($0) }) else {
            throw ServiceFault(.notFound, "There is no such store.")
        }
        return id
    }
}

/// The answer to a reveal, and nowhere else: not printable, so that it gets into no log.
struct CredentialResource: Encodable, CustomStringConvertible {
    let user: String
    let password: String
    let adminUrl: String

    var description: String { "credentials of \(user)" }
}
