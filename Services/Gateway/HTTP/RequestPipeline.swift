import HTTPServer
import Logging
import StoreContracts

/// What every request goes through: route, authentication, handler, errors, security headers, metrics, access log.
struct RequestPipeline: Sendable {
    private struct Outcome {
        let response: HTTPResponse
        let route: String
        var caller: Caller?
    }

    private static let probes: Set = ["/health", "/ready"]

    private let router: HTTPRouter<Endpoint>
    private let files: StaticFiles
    private let authenticator: Authenticator
    private let metrics: RequestMetrics
    private let logger: Logger

    init(
        router: HTTPRouter<Endpoint>,
        files: StaticFiles,
        authenticator: Authenticator,
        metrics: RequestMetrics,
        logger: Logger
    ) {
        self.router = router
        self.files = files
        self.authenticator = authenticator
        self.metrics = metrics
        self.logger = logger
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        let started = ContinuousClock.now
        let match = router.match(request.method, request.target)
        let active = metrics.begin(route: route(of: match, request))
        let outcome = await outcome(of: match, request)
        let duration = started.duration(to: .now)
        metrics.record(request, route: active.route, status: outcome.response.status, duration: duration)
        log(request, outcome, duration)
        var response = outcome.response
        SecurityHeaders.add(to: &response)
        if case .stream(let produce) = response.body {
            // The stream holds the request's place among the active ones until it ends, however it ends.
            response.body = .stream { writer in
                try await produce(writer)
                active.end()
            }
        } else {
            active.end()
        }
        return response
    }

    /// A label with few values: never the path, which the client chooses.
    private func route(of match: HTTPRouter<Endpoint>.Match, _ request: HTTPRequest) -> String {
        switch match {
        case .found(_, let pattern, _), .otherMethod(_, let pattern): pattern.description
        case .unknown: files.contains(request.target) ? "/{file}" : "unmatched"
        }
    }

    private func outcome(of match: HTTPRouter<Endpoint>.Match, _ request: HTTPRequest) async -> Outcome {
        switch match {
        case .otherMethod(let allowed, let pattern):
            return Outcome(
                response: HTTPRouter<Endpoint>.answer(request, allowed: allowed),
                route: pattern.description
            )
        case .unknown:
            let response = files.answer(request) ?? HTTPRouter<Endpoint>.answerUnknown(request)
            return Outcome(response: response, route: route(of: match, request))
        case .found(let endpoint, let pattern, let parameters):
            var caller: Caller?
            do {
                let response = try await run(endpoint, request, parameters) { caller = $0 }
                return Outcome(response: response, route: pattern.description, caller: caller)
            } catch {
                if ProblemTable.isUnexpected(error) {
                    logger.error(
                        "Request failed",
                        metadata: [
                            "request.id": "\(request.id)", "http.route": "\(pattern)", "error": "\(error)",
                        ]
                    )
                }
                return Outcome(
                    response: ProblemTable.answer(to: error, requestID: request.id),
                    route: pattern.description,
                    caller: caller
                )
            }
        }
    }

    private func run(
        _ endpoint: Endpoint,
        _ request: HTTPRequest,
        _ parameters: [String: String],
        authenticated: (Caller) -> Void
    ) async throws -> HTTPResponse {
        switch endpoint {
        case .open(let handle): return try await handle(request)
        case .reading(let handle):
            let identity = try await authenticator.authenticate(request)
            authenticated(identity.caller)
            return try await handle(call(request, parameters, identity))
        case .changing(let handle):
            let identity = try await authenticator.authenticate(request)
            authenticated(identity.caller)
            guard identity.source == .key || SameOrigin.isProven(by: request) else {
                throw GatewayFault.crossSiteRequest
            }
            guard identity.caller.role != .viewer else {
                throw ServiceFault(.forbidden, "Viewers may look, not change.")
            }
            return try await handle(call(request, parameters, identity))
        }
    }

    private func call(_ request: HTTPRequest, _ parameters: [String: String], _ identity: Identity) -> Call {
        Call(request: request, parameters: parameters, caller: identity.caller, keyHash: identity.keyHash)
    }

    /// The route and never the target: a query may hold what is nobody's business.
    private func log(_ request: HTTPRequest, _ outcome: Outcome, _ duration: Duration) {
        var metadata: Logger.Metadata = [
            "request.id": "\(request.id)", "http.method": "\(request.method.label)", "http.route": "\(outcome.route)",
            "http.status": "\(outcome.response.status.code)", "client.address": "\(request.clientAddress)",
            "http.duration": "\(duration.formattedMilliseconds)",
        ]
        if let caller = outcome.caller { metadata["user.id"] = "\(caller.userID)" }
        // Probes come every few seconds for ever; what they find is logged where it changes.
        logger.log(level: Self.probes.contains(outcome.route) ? .debug : .info, "Request", metadata: metadata)
    }
}

extension Duration {
    /// Milliseconds with three digits after the point, as `12.345ms`.
    fileprivate var formattedMilliseconds: String {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)ms"
    }
}
