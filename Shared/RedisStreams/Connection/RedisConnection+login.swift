import Logging
import Synchronization

/// From a connected socket to one that serves. All of it on the loop's thread.
extension RedisConnection {
    func logIn(_ link: RedisLink) {
        link.stage = .loggingIn
        let url = configuration.url
        if let password = url.password {
            step(link, url.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password))
        }
        if url.database != 0 { step(link, RedisCommand("SELECT", String(url.database))) }
        step(link, RedisCommand("CLIENT", "SETNAME", configuration.name), optional: true)
        step(link, RedisCommand("CLIENT", "ID")) { cursor in
            self.clientID.store(cursor.integer() ?? 0, ordering: .relaxed)
            return nil
        }
        // Else Redis may close this very connection when its clients' buffers take too much memory.
        step(link, RedisCommand("CLIENT", "NO-EVICT", "on"), optional: true)
        if let sentinels {
            step(link, RedisCommand("ROLE")) { cursor in
                if cursor.array() != nil, cursor.text() == "master" { return nil }
                sentinels.distrust()
                return RedisError(.unavailable, "the server that the Sentinels name is no master")
            }
        }
        if configuration.checksServer {
            step(link, RedisCommand("INFO"), optional: true) { self.judge(ServerCheck(info: $0.text() ?? "")) }
            step(link, RedisCommand("CONFIG", "GET", "appendfsync"), optional: true) { cursor in
                self.judge(ServerCheck(settings: cursor.value().fields))
            }
        }
        if let claim = configuration.claim { step(link, claim.command) }
        for script in configuration.scripts {
            step(link, RedisCommand("SCRIPT", "LOAD", script.source), optional: true)
        }
        // The last answer opens the connection; PING also tells a server that is still loading from one that serves.
        step(link, RedisCommand("PING")) { _ in
            self.open(link)
            return nil
        }
        flush()
    }

    private func judge(_ check: ServerCheck) -> RedisError? {
        for warning in check.warnings where warned.insert(warning).inserted {
            logger.warning("\(warning)", metadata: ["redis.url": "\(configuration.url)"])
        }
        return check.refusal
    }

    /// Sends one command of the login; an error reply, or one that `check` finds, ends the link.
    private func step(
        _ link: RedisLink,
        _ command: RedisCommand,
        optional: Bool = false,
        _ check: @escaping @Sendable (inout RESPCursor) -> RedisError? = { _ in nil }
    ) {
        let patience = configuration.connectTimeout.nanoseconds
        state.withLock { state in
            state.push(command.bytes, patience: patience, now: MonotonicClock.now) { answer in
                guard self.link === link else { return }
                link.hasAnswered = true
                switch answer {
                case .success(var cursor):
                    if let error = check(&cursor) { self.fail(error) }
                case .failure(let error) where optional && error.code != .transient && error.code != .connectionLost:
                    self.logger.debug("Optional part of the Redis login refused", metadata: ["error": "\(error)"])
                case .failure(let error): self.fail(error)
                }
            }
        }
    }

    private func open(_ link: RedisLink) {
        link.stage = .open
        link.openedAt = MonotonicClock.now
        if let timer = link.watchdog { loop.cancel(timer: timer) }
        watch(link)
        sentinels?.follow(self)
        refusal = nil
        let next = state.withLock { $0.goOnline(link.channel, now: MonotonicClock.now) }
        logger.debug("Connected to Redis", metadata: ["redis.connection": "\(configuration.name)"])
        onEvent(.online)
        if case .flush = next { flush() }
    }
}
