import HTTPServer
import StoreContracts

/// What a route does, and who may do it.
enum Endpoint: Sendable {
    /// Anyone.
    case open(@Sendable (HTTPRequest) async throws -> HTTPResponse)
    /// Anyone with a key or a session.
    case reading(@Sendable (Call) async throws -> HTTPResponse)
    /// The same, but no viewers, and sessions only from the dashboard's own pages.
    case changing(@Sendable (Call) async throws -> HTTPResponse)
}

/// An authenticated request.
struct Call: Sendable {
    let request: HTTPRequest
    /// The values of the route's places.
    let parameters: [String: String]
    let caller: Caller
    /// The hash of the key that was sent or signed in with.
    let keyHash: String

    var id: String { request.id }
}
