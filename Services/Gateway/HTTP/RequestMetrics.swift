import CoreMetrics
import HTTPServer
import Metrics
import Synchronization

/// The API's metrics, labelled by route pattern (architecture section 8).
struct RequestMetrics: Sendable {
    private let factory: any MetricsFactory

    init(factory: any MetricsFactory) { self.factory = factory }

    /// A request is under way; it counts until `end` or until nobody holds it any more.
    func begin(route: String) -> ActiveRequest {
        let meter = Meter(
            label: "store_platform_api_active_connections",
            dimensions: [("route", route)],
            factory: factory
        )
        return ActiveRequest(route: route, meter: meter)
    }

    /// A request was answered.
    func record(_ request: HTTPRequest, route: String, status: HTTPStatus, duration: Duration) {
        let dimensions = [("method", request.method.label), ("route", route)]
        Counter(
            label: "store_platform_api_http_requests_total",
            dimensions: dimensions + [("status", "\(status.code)")],
            factory: factory
        ).increment()
        Timer(
            label: "store_platform_api_http_request_duration_seconds",
            dimensions: dimensions,
            factory: factory
        ).record(duration: duration)
    }
}

/// One request among the active ones.
final class ActiveRequest: Sendable {
    let route: String
    private let meter: Mutex<Meter?>

    init(route: String, meter: Meter) {
        self.route = route
        self.meter = Mutex(meter)
        meter.increment()
    }

    // A stream whose client is gone before it begins is never run, only let go.
    deinit { end() }

    /// Idempotent.
    func end() {
        let meter = meter.withLock { meter in
            defer { meter = nil }
            return meter
        }
        meter?.decrement()
    }
}
