import Foundation
import HTTPServer
import StoreContracts

/// What a route does, and who may do it.
enum Endpoint: Sendable {
    /// Anyone.
    case open(@Sendable (HTTPRequest) async throws -> HTTPResponse)
    /// Whoever meets the demand.
    case demanding(Demand, @Sendable (Call) async throws -> HTTPResponse)

    /// Anyone whose key or session may read, from a role on.
    static func reading(
        from role: Caller.Role = .viewer,
        _ handle: @escaping @Sendable (Call) async throws -> HTTPResponse
    ) -> Endpoint {
        .demanding(Demand(scope: .read, role: role), handle)
    }

    /// The same for what changes something: sessions only from the dashboard's own pages.
    static func changing(
        from role: Caller.Role = .member,
        _ handle: @escaping @Sendable (Call) async throws -> HTTPResponse
    ) -> Endpoint {
        .demanding(Demand(scope: .write, role: role), handle)
    }

    /// The same for what shows a store's passwords or has others made.
    static func revealing(
        from role: Caller.Role = .member,
        _ handle: @escaping @Sendable (Call) async throws -> HTTPResponse
    ) -> Endpoint {
        .demanding(Demand(scope: .reveal, role: role), handle)
    }
}

/// An authenticated request.
struct Call: Sendable {
    let request: HTTPRequest
    /// The values of the route's places.
    let parameters: [String: String]
    let caller: Caller
    /// The hash of the key that was sent or signed in with.
    let keyHash: String
    /// When what was sent along ends, if it does; what goes on for long must end then.
    let validUntil: Date?

    var id: String { request.id }

    /// How long something may go on for this call.
    func remaining(atMost limit: Duration, from now: Date) -> Duration {
        guard let validUntil else { return limit }
        return min(limit, .seconds(max(0, validUntil.timeIntervalSince(now))))
    }
}
