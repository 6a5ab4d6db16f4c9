/// Whether a request that was turned away is sent again. Pure.
///
/// Only requests that may come twice: those that change nothing, and those with an idempotency key.
struct PatienceRule: Sendable {
    var attempts = 5
    /// Whoever asks for more patience than this is not waited for.
    var longestWait: Duration = .seconds(10)

    /// How long to wait before sending it again; nil: give the answer to the caller. `attempt` counts from 1.
    func wait(afterStatus status: Int, retryAfter: String?, attempt: Int, mayRepeat: Bool) -> Duration? {
        guard mayRepeat, attempt < attempts, [429, 502, 503, 504].contains(status) else { return nil }
        guard let retryAfter else { return .seconds(1) }
        guard let seconds = Int(retryAfter), seconds >= 0, .seconds(seconds) <= longestWait else { return nil }
        return max(.milliseconds(200), .seconds(seconds))
    }
}
