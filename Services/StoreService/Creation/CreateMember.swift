import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain

/// A request for a store, checked as far as that needs no records.
struct CreateMember: Sendable, Hashable {
    /// An idempotency key and whose it is.
    struct Key: Sendable, Hashable {
        let owner: UserID
        let text: String
    }

    let request: CreateStore
    let region: Region
    /// What must be the same for a request to be "the same".
    let hash: String

    init(_ request: CreateStore, region: Region) throws {
        self.request = request
        self.region = region
        // Who sends no key is never asked whether it is the same.
        hash = request.idempotencyKey == nil ? "" : try Self.hash(of: request)
    }

    var owner: UserID { request.caller.userID }
    var key: Key? { request.idempotencyKey.map { Key(owner: owner, text: $0) } }

    private static func hash(of request: CreateStore) throws -> String {
        SHA256Digest(of: try PlatformJSON.encode(IdempotentContent(request))).hex
    }
}

/// What must be the same for a request to be "the same".
private struct IdempotentContent: Encodable {
    let name: StoreName
    let engine: Engine
    let plan: Plan
    let region: Region?
    let displayName: String
    /// Nil for no, as before there was such a thing: what was asked then is the same now.
    let deletionProtection: Bool?

    init(_ request: CreateStore) {
        name = request.name
        engine = request.engine
        plan = request.plan
        region = request.region
        displayName = request.displayName
        deletionProtection = request.deletionProtection ? true : nil
    }
}
