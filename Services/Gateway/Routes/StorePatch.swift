import HTTPServer
import StoreContracts
import StoreDomain

/// The body of `PATCH /api/stores/{id}`: what a store's owner may change about it while it lives.
struct StorePatch: Hashable, Sendable {
    /// What a patch may be declared as: RFC 7396, or simply JSON.
    static let mediaTypes: Set = ["application/merge-patch+json", "application/json"]

    let displayName: String?
    let deletionProtection: Bool?

    /// Throws a fault that names every wrong member at once, also for one that changes nothing.
    init(of request: HTTPRequest) throws {
        var body = try RequestBody(
            of: request,
            members: ["displayName", "deletionProtection"],
            types: Self.mediaTypes
        )
        body.refuseNulls()
        displayName = body.label("displayName")
        deletionProtection = body.flag("deletionProtection")
        try body.check()
        guard !body.isEmpty else {
            throw ServiceFault(.invalidRequest, "The patch changes nothing: give displayName or deletionProtection.")
        }
    }
}
