import Synchronization

/// Which first tokens this process has told Redis of lately: each has a log of its own, and who listens to all of them
/// must find it. Told again now and then, as Redis may have lost it.
final class KnownTokens: Sendable {
    private static let holds: UInt64 = 10_000_000_000
    private static let maximum = 1024

    private let told = Mutex<[String: UInt64]>([:])

    /// Tells of a token; cheap where that was done lately. What is published after the call is found by it.
    func note(_ token: String, _ context: BusContext) {
        let now = MonotonicClock.now
        let isNew = told.withLock { told in
            if let until = told[token], now < until { return false }
            if told.count >= Self.maximum { told.removeAll() }
            told[token] = now + Self.holds
            return true
        }
        guard isNew else { return }
        let key = String(decoding: context.keys.tokens, as: UTF8.self)
        context.command.submit(RedisCommand("ZADD", key, String(context.clock.now), token)) { answer in
            // Not taken: told again with the next message.
            if case .failure = answer { self.told.withLock { $0[token] = nil } }
        }
    }

    /// Asks for all of them.
    static func all(_ context: BusContext) -> RedisCommand {
        RedisCommand("ZRANGE", String(decoding: context.keys.tokens, as: UTF8.self), "0", "-1")
    }
}
