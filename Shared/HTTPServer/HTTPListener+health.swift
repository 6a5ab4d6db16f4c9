import FoundationEssentials
package import Logging
package import ServiceRuntime

extension HTTPListener {
    /// The small listener every service has beside its work: `/health`, `/ready` and what `extra` adds.
    ///
    /// `/health` says that the process lives, `/ready` what the board says. One polling thread.
    package static func health(
        port: Int,
        board: ReadinessBoard,
        extra: [(pattern: String, respond: Handler)] = [],
        logger: Logger
    ) throws -> HTTPListener {
        var router = HTTPRouter<Handler>()
        router.add(.get, "/health") { _ in HealthReport.alive() }
        router.add(.get, "/ready") { request in
            HealthReport(checks: board.snapshot()).response(requestID: request.id)
        }
        for route in extra { router.add(.get, route.pattern, route.respond) }
        var configuration = HTTPListenerConfiguration(port: port)
        configuration.threads = 1
        configuration.connectionLimit = 256
        configuration.drainLimit = .seconds(5)
        let routes = router
        return try HTTPListener(configuration: configuration, logger: logger) { request in
            switch routes.match(request.method, request.target) {
            case .found(let respond, _, _): await respond(request)
            case .otherMethod(let allowed, _): HTTPRouter<Handler>.answer(request, allowed: allowed)
            case .unknown: HTTPRouter<Handler>.answerUnknown(request)
            }
        }
    }
}

/// The body of `/ready`: every dependency with its state, and the worst of them.
package struct HealthReport: Codable, Sendable, Hashable {
    /// `up` when every check is.
    package let status: DependencyState.Status
    /// The dependencies.
    package let checks: [DependencyState]

    /// Sums up the checks.
    package init(checks: [DependencyState]) {
        self.checks = checks
        self.status = checks.allSatisfy { $0.status == .up } ? .up : .down
    }

    /// 200 when everything is up, else 503.
    package func response(requestID: String) -> HTTPResponse {
        do {
            return try .json(
                self,
                status: status == .up ? .ok : .serviceUnavailable,
                headers: ["Cache-Control": "no-store"]
            )
        } catch {
            return ProblemDetails(
                .internalServerError,
                code: "INTERNAL_SERVER_ERROR",
                detail: "The state could not be written."
            ).response(requestID: requestID)
        }
    }

    /// The answer of `/health`: the process serves HTTP, nothing else is looked at.
    package static func alive() -> HTTPResponse {
        .text(#"{"status":"up"}"#, type: "application/json")
    }
}
