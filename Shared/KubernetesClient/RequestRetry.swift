import ServiceRuntime

/// When a call that the server turned away is made again by itself. Pure.
///
/// Only what the server has certainly not worked on: 429 always (API priority and fairness refuses before anything is
/// done), 503 with `Retry-After` for what may be repeated anyway.
struct RequestRetry: Sendable, Hashable {
    /// How often in all.
    var attempts = 6
    /// How long in all; what would take longer is the caller's to decide.
    var patience = Duration.seconds(20)
    /// Where the server names no time.
    var backoff = Backoff(initial: .milliseconds(250), maximum: .seconds(5), jitter: 0.5)

    /// How long to wait before the next attempt; nil: none.
    ///
    /// `failures`: attempts so far; `waited`: time lost with them; `random`: in 0..<1.
    func delay(
        after error: KubernetesError,
        failures: Int,
        waited: Duration,
        isRepeatable: Bool,
        random: Double
    ) -> Duration? {
        guard failures < attempts, Self.isUntouched(error, isRepeatable: isRepeatable) else { return nil }
        // What the server says, and a little more, so that not all come back in the same moment.
        let named = error.retryAfter.map { $0 + .milliseconds(Int64(250 * random)) }
        let delay = named ?? backoff.delay(attempt: failures, random: random)
        return waited + delay <= patience ? delay : nil
    }

    private static func isUntouched(_ error: KubernetesError, isRepeatable: Bool) -> Bool {
        switch error.code {
        case .tooManyRequests: true
        case .server: error.retryAfter != nil && isRepeatable
        default: false
        }
    }
}
