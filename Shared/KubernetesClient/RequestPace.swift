/// How fast requests may follow each other: a bucket of tokens that fills steadily. Pure: the time comes in.
///
/// A token is taken in advance: who comes first is served first, and each learns at once how long to wait.
struct RequestPace: Sendable, Hashable {
    private let limit: RequestLimit
    /// Below zero: so many are waiting.
    private var tokens: Double
    private var counted: ContinuousClock.Instant
    /// How many were asked for so far.
    private(set) var taken = 0

    init(_ limit: RequestLimit, now: ContinuousClock.Instant) {
        self.limit = limit
        tokens = Double(limit.burst)
        counted = now
    }

    /// Takes a token; how long to wait until it is there.
    mutating func take(at now: ContinuousClock.Instant) -> Duration {
        if now > counted {
            let gained = (now - counted) / .seconds(1) * Double(limit.perSecond)
            tokens = min(Double(limit.burst), tokens + gained)
            counted = now
        }
        tokens -= 1
        taken += 1
        return tokens >= 0 ? .zero : .seconds(-tokens / Double(limit.perSecond))
    }

    /// Puts a token back that was not used: its owner gave up waiting.
    mutating func putBack() { tokens = min(Double(limit.burst), tokens + 1) }
}
