package import MessageBus

extension RedisMessageBus: RateLedger {
    package func spend(_ count: Int, of name: String, _ limit: RateLimit) async throws -> Double {
        try checkOpen()
        try BusKeys.validate(name, what: "rate")
        let interval = limit.interval / .microseconds(1)
        let longest = limit.period * (1 + RateLimit.longestDebt) / .microseconds(1)
        let arguments = [interval * Double(count), longest].map { String(Int64($0.rounded())) }
        do {
            let answer = try await context.command.run(.spendRate, keys: [context.keys.rate(name)], arguments)
            guard let debt = answer.number else { throw BusError(.server, "a rate's answer is no number") }
            return Double(limit.count) - Double(debt) / interval
        } catch {
            throw BusError.from(error)
        }
    }
}
