import HTTPServer
import ServiceRuntime

/// `/health`: the process lives. `/ready`: it has what it needs, or 503 and what is missing.
struct HealthEndpoint: Sendable {
    let readiness: ReadinessBoard

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        do {
            switch (request.method, request.target.path) {
            case (.get, "/health"), (.head, "/health"): return try .json(["status": "ok"])
            case (.get, "/ready"), (.head, "/ready"):
                let report = ReadinessReport(readiness)
                return try .json(report, status: report.isReady ? .ok : .serviceUnavailable)
            default: return HTTPRouter<Never>.answerUnknown(request)
            }
        } catch {
            return .text("internal error", status: .internalServerError)
        }
    }
}
