/// How the server answered.
package struct ServerPing: Hashable, Sendable {
    /// From asking to the answer, through the queue of commands of this bus.
    package let roundTrip: Duration
    /// Redis' version; nil where it does not tell.
    package let version: String?

    /// Puts both together.
    package init(roundTrip: Duration, version: String?) {
        self.roundTrip = roundTrip
        self.version = version
    }
}

extension RedisMessageBus {
    /// Asks the server for an answer and for its version. What was published before has reached it when this returns.
    package func ping() async throws -> ServerPing {
        try checkOpen()
        let sent = ContinuousClock.now
        _ = try await execute(RedisCommand("PING"))
        let roundTrip = sent.duration(to: .now)
        let text = try await execute(RedisCommand("INFO", "server")).text ?? ""
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("redis_version:") }
        return ServerPing(roundTrip: roundTrip, version: line.map { String($0.dropFirst("redis_version:".count)) })
    }
}
