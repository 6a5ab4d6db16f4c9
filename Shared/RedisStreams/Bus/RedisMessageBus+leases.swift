package import MessageBus

extension RedisMessageBus {
    package func acquireLease(_ name: String, timeToLive: Duration) async throws -> Lease? {
        try checkOpen()
        try BusKeys.validate(name, what: "lease")
        let token = "\(instance)/\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let arguments = [instance, token, String(max(1, timeToLive.milliseconds))]
        let answer = try await run(.acquireLease, name, arguments)
        return answer.text.map { Lease(name: name, token: $0) }
    }

    package func renewLease(_ lease: Lease, timeToLive: Duration) async throws -> Bool {
        try await run(.renewLease, lease.name, [lease.token, String(max(1, timeToLive.milliseconds))]).number == 1
    }

    package func releaseLease(_ lease: Lease) async throws {
        _ = try await run(.releaseLease, lease.name, [lease.token])
    }

    private func run(_ script: RedisScript, _ name: String, _ arguments: [String]) async throws -> RESPValue {
        do {
            return try await context.command.run(script, keys: [context.keys.lease(name)], arguments)
        } catch {
            throw BusError.from(error)
        }
    }
}
