import HTTPServer
import Logging
import StoreContracts

/// What every request goes through: route, authentication, limits, handler, errors, metrics, access log, and what is added
/// to every answer.
struct RequestPipeline: Sendable {
    /// What was learnt about a request on its way.
    private struct Trace {
        var caller: Caller?
        var standing: RateStanding?
    }

    private static let probes: Set = ["/health", "/ready"]

    private let router: HTTPRouter<Endpoint>
    private let files: StaticFiles
    private let authenticator: Authenticator
    private let limits: RateLimits
    private let crossOrigin: CrossOrigin
    private let metrics: RequestMetrics
    private let logger: Logger

    init(
        router: HTTPRouter<Endpoint>,
        files: StaticFiles,
        authenticator: Authenticator,
        limits: RateLimits,
        crossOrigin: CrossOrigin,
        metrics: RequestMetrics,
        logger: Logger
    ) {
        self.router = router
        self.files = files
        self.authenticator = authenticator
        self.limits = limits
        self.crossOrigin = crossOrigin
        self.metrics = metrics
        self.logger = logger
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        let started = ContinuousClock.now
        let match = router.match(request.method, request.target)
        let active = metrics.begin(route: route(of: match, request))
        var trace = Trace()
        var response = await answer(match, request, active.route, &trace)
        let duration = started.duration(to: .now)
        metrics.record(request, route: active.route, status: response.status, duration: duration)
        log(request, active.route, response.status, trace.caller, duration)
        trace.standing?.add(to: &response.headers)
        crossOrigin.add(to: &response, for: request)
        ResponseCompression.apply(to: &response, for: request)
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

    private func answer(
        _ match: HTTPRouter<Endpoint>.Match,
        _ request: HTTPRequest,
        _ route: String,
        _ trace: inout Trace
    ) async -> HTTPResponse {
        do {
            switch match {
            case .otherMethod(let allowed, _):
                try await admitStranger(request, route, &trace)
                return HTTPRouter<Endpoint>.answer(request, allowed: allowed)
            case .unknown:
                if let file = files.answer(request) { return file }
                if request.target.segments.first == "api" { try await admitStranger(request, route, &trace) }
                return HTTPRouter<Endpoint>.answerUnknown(request)
            case .found(let endpoint, _, let parameters):
                return try await run(endpoint, request, parameters, route, &trace)
            }
        } catch {
            if let exceeded = error as? RateExceeded { trace.standing = exceeded.standing }
            if ProblemTable.isUnexpected(error) {
                logger.error(
                    "Request failed",
                    metadata: ["request.id": "\(request.id)", "http.route": "\(route)", "error": "\(error)"]
                )
            }
            return ProblemTable.answer(to: error, requestID: request.id)
        }
    }

    /// Who asks, and whether they may ask so often: by their key where it is known here, else by their address. So a flood
    /// of keys that are none reaches the other services no quicker than that.
    private func identify(_ request: HTTPRequest, _ trace: inout Trace) async throws -> Identity {
        let identity: Identity
        if let known = authenticator.recognise(request) {
            identity = known
        } else {
            trace.standing = try await limits.spend(address: request.clientAddress)
            identity = try await authenticator.authenticate(request)
            limits.giveBack(address: request.clientAddress)
        }
        trace.caller = identity.caller
        trace.standing = try await limits.spend(key: identity.keyHash)
        return identity
    }

    /// Whoever needs no key is counted by address, probes excepted: they must be answered whatever happens.
    private func admitStranger(_ request: HTTPRequest, _ route: String, _ trace: inout Trace) async throws {
        guard !Self.probes.contains(route) else { return }
        trace.standing = try await limits.spend(address: request.clientAddress)
    }

    private func run(
        _ endpoint: Endpoint,
        _ request: HTTPRequest,
        _ parameters: [String: String],
        _ route: String,
        _ trace: inout Trace
    ) async throws -> HTTPResponse {
        switch endpoint {
        case .open(let handle):
            try await admitStranger(request, route, &trace)
            return try await handle(request)
        case .demanding(let demand, let handle):
            let identity = try await identify(request, &trace)
            guard identity.source == .key || !demand.isChange || SameOrigin.isProven(by: request) else {
                throw GatewayFault.crossSiteRequest
            }
            try demand.check(identity.caller)
            return try await handle(call(request, parameters, identity))
        }
    }

    private func call(_ request: HTTPRequest, _ parameters: [String: String], _ identity: Identity) -> Call {
        Call(
            request: request,
            parameters: parameters,
            caller: identity.caller,
            keyHash: identity.keyHash,
            validUntil: identity.validUntil
        )
    }

    /// The route and never the target: a query may hold what is nobody's business.
    private func log(
        _ request: HTTPRequest,
        _ route: String,
        _ status: HTTPStatus,
        _ caller: Caller?,
        _ duration: Duration
    ) {
        var metadata: Logger.Metadata = [
            "request.id": "\(request.id)", "http.method": "\(request.method.label)", "http.route": "\(route)",
            "http.status": "\(status.code)", "client.address": "\(request.clientAddress)",
            "http.duration": "\(duration.formattedMilliseconds)",
        ]
        if let caller { metadata["user.id"] = "\(caller.userID)" }
        // Probes come every few seconds for ever; what they find is logged where it changes.
        logger.log(level: Self.probes.contains(route) ? .debug : .info, "Request", metadata: metadata)
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
