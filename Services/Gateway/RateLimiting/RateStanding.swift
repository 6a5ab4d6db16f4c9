import HTTPServer
import MessageBus

/// How a client stands with its limit, as the header fields of its answer say it.
struct RateStanding: Hashable, Sendable {
    /// How many requests may come at once.
    let limit: Int
    /// How many may still come now.
    let remaining: Int
    /// Seconds until all of them may come again.
    let reset: Int
    /// Seconds until the next one may come, at least one.
    let retryAfter: Int

    init(_ limit: RateLimit, left: Double) {
        self.limit = limit.count
        let interval = limit.interval / .seconds(1)
        remaining = max(0, Int(left))
        reset = max(0, Int(((Double(limit.count) - left) * interval).rounded(.up)))
        retryAfter = max(1, Int(((1 - left) * interval).rounded(.up)))
    }

    func add(to headers: inout HTTPHeaders) {
        headers.set("RateLimit-Limit", String(limit))
        headers.set("RateLimit-Remaining", String(remaining))
        headers.set("RateLimit-Reset", String(reset))
    }
}
