/// A table of routes: finds the endpoint for a method and a path, and answers what no endpoint does.
///
/// HEAD is served by GET's endpoint (the listener leaves the body out); OPTIONS is answered with `Allow`.
package struct HTTPRouter<Endpoint: Sendable>: Sendable {
    private struct Route: Sendable {
        let pattern: RoutePattern
        var endpoints: [HTTPMethod: Endpoint]
    }

    /// What the table says of a request.
    package enum Match {
        /// This endpoint, with the values of its pattern's places.
        case found(Endpoint, pattern: RoutePattern, parameters: [String: String])
        /// The path exists, the method doesn't; OPTIONS comes here too.
        case otherMethod(allowed: [HTTPMethod], pattern: RoutePattern)
        /// There is no such path.
        case unknown
    }

    private var routes: [Route] = []

    /// An empty table.
    package init() {}

    /// Adds an endpoint; a later one for the same method and pattern replaces the earlier.
    package mutating func add(_ method: HTTPMethod, _ pattern: String, _ endpoint: Endpoint) {
        let pattern = RoutePattern(pattern)
        if let index = routes.firstIndex(where: { $0.pattern.segments == pattern.segments }) {
            routes[index].endpoints[method] = endpoint
        } else {
            let place = routes.firstIndex { pattern.isMoreSpecific(than: $0.pattern) } ?? routes.endIndex
            routes.insert(Route(pattern: pattern, endpoints: [method: endpoint]), at: place)
        }
    }

    /// All endpoints, the more specific patterns first: for whoever compares the table with a description of it.
    package var entries: [(pattern: RoutePattern, method: HTTPMethod, endpoint: Endpoint)] {
        routes.flatMap { route in route.endpoints.map { (route.pattern, $0.key, $0.value) } }
    }

    /// Looks a request up. A path with a slash too many is unknown.
    package func match(_ method: HTTPMethod, _ target: HTTPTarget) -> Match {
        guard !target.hasTrailingSlash else { return .unknown }
        for route in routes {
            guard let parameters = route.pattern.match(target.segments) else { continue }
            if let endpoint = route.endpoints[method] ?? (method == .head ? route.endpoints[.get] : nil) {
                return .found(endpoint, pattern: route.pattern, parameters: parameters)
            }
            return .otherMethod(allowed: allowed(route), pattern: route.pattern)
        }
        return .unknown
    }

    /// The answer where the path exists and the method doesn't: 204 to OPTIONS, 405 to anything else.
    package static func answer(_ request: HTTPRequest, allowed: [HTTPMethod]) -> HTTPResponse {
        let allow = allowed.map(\.description).joined(separator: ", ")
        if request.method == .options { return HTTPResponse(.noContent, headers: ["Allow": allow]) }
        return ProblemDetails(.methodNotAllowed, code: "METHOD_NOT_ALLOWED", detail: "Allowed here: \(allow).")
            .response(requestID: request.id, headers: ["Allow": allow])
    }

    /// The answer where there is nothing.
    package static func answerUnknown(_ request: HTTPRequest) -> HTTPResponse {
        ProblemDetails(.notFound, code: "NOT_FOUND", detail: "There is nothing at this path.")
            .response(requestID: request.id)
    }

    private func allowed(_ route: Route) -> [HTTPMethod] {
        var methods = Set(route.endpoints.keys)
        methods.insert(.options)
        if methods.contains(.get) { methods.insert(.head) }
        return methods.sorted { $0.description < $1.description }
    }
}
