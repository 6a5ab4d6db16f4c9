import Logging
import ServiceRuntime
import Synchronization

/// A link that ends, and the pause before the next attempt. All of it on the loop's thread.
extension RedisConnection {
    /// Ends the link; the next address is tried at once, the same ones again after a pause.
    func fail(_ error: RedisError, next addresses: ArraySlice<SocketAddress> = []) {
        let now = MonotonicClock.now
        let error = explained(error)
        // A link that ends soon after it was opened counts as one more failure, or a server that lets us in and then
        // throws us out would be asked without a pause.
        if let link, link.stage == .open, now - link.openedAt >= 1_000_000_000 { failures = 0 }
        dropLink()
        let (lost, wasOnline) = state.withLock { $0.goOffline(error, now: now) }
        let outcome = RedisError(.connectionLost, error.message)
        for completion in lost { completion(.failure(outcome)) }
        for continuation in state.withLock({ $0.takeWaitingForRoom() }) { continuation.resume() }
        if wasOnline {
            loop.schedule(after: configuration.offlineGrace) { self.endGrace(of: now) }
            onEvent(.offline(error))
        }
        guard !isClosed else { return }
        addresses.isEmpty || error.isRefusal ? retry(after: error) : connect(to: addresses)
    }

    /// What TLS knows about the end of a link that has not served yet.
    private func explained(_ error: RedisError) -> RedisError {
        guard let link, let tls = link.tls, link.stage != .open else { return error }
        if let refusal = tls.refusal { return RedisError(.denied, refusal) }
        // With TLS 1.3 a server refuses our certificate only after our side of the handshake is done, and what it says
        // about it may be lost when it closes with commands of ours unread.
        guard link.stage == .loggingIn, !link.hasAnswered, error.code == .connectionLost else { return error }
        return RedisError(.connectionLost, "\(error.message), before any answer: does it ask for a client certificate?")
    }

    func retry(after error: RedisError) {
        failures += 1
        // A server that refuses us in principle is asked again, slowly: somebody may correct it.
        let pause =
            error.isRefusal
            ? configuration.pause(after: error) * (1 - 0.2 * Double.random(in: 0..<1))
            : configuration.backoff.delay(attempt: failures, random: .random(in: 0..<1))
        let isNews = error.isRefusal ? refusal != error : failures == 3
        refusal = error.isRefusal ? error : refusal
        logger.log(
            level: !isNews ? .debug : error.isRefusal ? .error : .warning,
            "Redis cannot be reached",
            metadata: [
                "redis.connection": "\(configuration.name)", "redis.url": "\(configuration.url)", "error": "\(error)",
            ]
        )
        state.withLock { _ = $0.goOffline(error, now: MonotonicClock.now) }
        loop.schedule(after: pause) { self.resolve() }
    }

    func dropLink() {
        guard let link else { return }
        self.link = nil
        clientID.store(0, ordering: .relaxed)
        if let timer = link.watchdog { loop.cancel(timer: timer) }
        loop.unwatch(link.registration, link.socket.descriptor)
        link.channel.close()
    }

    /// `since`: the break the timer was set for; a later one has its own.
    func endGrace(of since: UInt64) {
        let (orphans, reason) = state.withLock { state in
            state.offlineSince == since ? state.endGrace() : ([], RedisError(.unavailable, ""))
        }
        for completion in orphans { completion(.failure(reason)) }
    }
}
