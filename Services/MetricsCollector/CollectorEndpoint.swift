import HTTPServer
import ServiceRuntime

/// The collector's HTTP side: `/metrics` for Prometheus, `/health` and `/ready` for Kubernetes.
struct CollectorEndpoint: Sendable {
    let metrics: CollectedMetrics
    let readiness: ReadinessBoard

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard request.method == .get || request.method == .head else {
            return HTTPRouter<Never>.answer(request, allowed: [.get, .head, .options])
        }
        do {
            switch request.target.path {
            case "/metrics": return .text(metrics.prometheusText(), type: PrometheusText.contentType)
            case "/health": return try .json(["status": "ok"])
            case "/ready":
                let report = ReadinessReport(readiness)
                return try .json(report, status: report.isReady ? .ok : .serviceUnavailable)
            default: return HTTPRouter<Never>.answerUnknown(request)
            }
        } catch {
            return .text("internal error", status: .internalServerError)
        }
    }
}
