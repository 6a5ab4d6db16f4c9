import Synchronization

extension MemoryMessageBus: RateLedger {
    package func spend(_ count: Int, of name: String, _ limit: RateLimit) async throws -> Double {
        try checkOpen()
        let now = shared.now()
        return shared.state.withLock { state in
            let level = state.rates[name]?.level(at: now, limit) ?? Double(limit.count)
            let left = min(Double(limit.count), level - Double(count))
            state.rates[name] = MemoryRate(left: left, at: now)
            return left
        }
    }
}

/// What was left of a rate, and when.
struct MemoryRate {
    let left: Double
    /// Milliseconds since 1970.
    let at: UInt64

    func level(at now: UInt64, _ limit: RateLimit) -> Double {
        let refill = limit.refill(in: .milliseconds(now > at ? now - at : 0))
        return min(Double(limit.count), max(left, Double(-RateLimit.longestDebt * limit.count)) + refill)
    }
}
