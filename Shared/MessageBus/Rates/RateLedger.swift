/// What all processes together may do so and so often. The ledger only counts: whoever spends decides what it means.
///
/// `RedisMessageBus` and `MemoryMessageBus` keep one; both pass the same contract suite. Safe from any task.
package protocol RateLedger: Sendable {
    /// Spends of a rate and says how much is left of it: up to `limit.count`, and below zero where more was spent than
    /// there was. What was spent comes back steadily, by the server's clock. Zero only asks, less than zero gives back.
    ///
    /// Not idempotent: after an error nobody knows whether it was counted. Throws `BusError`, for a name of other
    /// characters than keys may have too.
    func spend(_ count: Int, of name: String, _ limit: RateLimit) async throws -> Double
}

/// So many in a period: as many at once after a quiet time, and in the long run no more than that.
package struct RateLimit: Hashable, Sendable {
    /// How many.
    package let count: Int
    /// The time in which all of them come back.
    package let period: Duration

    /// At least one in at least a millisecond: less makes no sense and is corrected.
    package init(count: Int, period: Duration) {
        self.count = max(1, count)
        self.period = max(.milliseconds(1), period)
    }

    /// Debts beyond this many periods are forgotten: so long may a clock that was set back keep everybody waiting.
    package static let longestDebt = 10

    /// The time in which one comes back.
    package var interval: Duration { period / count }

    /// How many come back within a time.
    package func refill(in time: Duration) -> Double { time / period * Double(count) }
}
