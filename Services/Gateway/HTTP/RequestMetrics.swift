import CoreMetrics
import HTTPServer
import Metrics
import Synchronization

/// The API's metrics, labelled by route pattern (architecture section 8).
///
/// What counts a kind of request is looked up once: by labels, in the registry, it would take longer than much of the
/// rest of a request. There are as many kinds as routes, methods and statuses.
final class RequestMetrics: Sendable {
    private struct Kind: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private struct State {
        var active: [String: Meter] = [:]
        var answered: [Kind: (count: Counter, time: Timer)] = [:]
    }

    private let factory: any MetricsFactory
    private let state = Mutex(State())

    init(factory: any MetricsFactory) { self.factory = factory }

    /// A request is under way; it counts until `end` or until nobody holds it any more.
    func begin(route: String) -> ActiveRequest {
        let meter = state.withLock { state -> Meter in
            if let known = state.active[route] { return known }
            let meter = Meter(
                label: "store_platform_api_active_connections",
                dimensions: [("route", route)],
                factory: factory
            )
            state.active[route] = meter
            return meter
        }
        return ActiveRequest(route: route, meter: meter)
    }

    /// A request was answered.
    func record(_ request: HTTPRequest, route: String, status: HTTPStatus, duration: Duration) {
        let kind = Kind(method: request.method.label, route: route, status: status.code)
        let (count, time) = state.withLock { state -> (Counter, Timer) in
            if let known = state.answered[kind] { return known }
            let dimensions = [("method", kind.method), ("route", route)]
            let count = Counter(
                label: "store_platform_api_http_requests_total",
                dimensions: dimensions + [("status", "\(kind.status)")],
                factory: factory
            )
            let time = Timer(
                label: "store_platform_api_http_request_duration_seconds",
                dimensions: dimensions,
                factory: factory
            )
            state.answered[kind] = (count, time)
            return (count, time)
        }
        count.increment()
        time.record(duration: duration)
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
