import CHiredis
import Glibc
import Logging
import ServiceRuntime
import Synchronization

/// Connecting, logging in, and coming back after a break. All of it on the loop's thread.
extension RedisConnection {
    func begin() {
        let start = state.withLock { $0.offlineSince }
        loop.schedule(after: configuration.offlineGrace) { self.endGrace(of: start) }
        resolve()
    }

    private func resolve() {
        guard !isClosed else { return }
        SocketAddress.resolve(configuration.url.address) { addresses in
            self.loop.submit { self.connect(to: addresses[...]) }
        }
    }

    private func connect(to addresses: ArraySlice<SocketAddress>) {
        guard !isClosed, link == nil else { return }
        guard let address = addresses.first else {
            return retry(after: RedisError(.unavailable, "Redis' address is unknown or refuses connections"))
        }
        do {
            let socket = try RedisSocket(connectingTo: address)
            guard let reader = RESPReader() else { throw RedisError(.unavailable, "no memory for a parser") }
            let link = RedisLink(self, socket: socket, reader: reader)
            self.link = link
            link.registration = loop.watch(socket.descriptor, for: EPOLLIN.rawValue | EPOLLOUT.rawValue, link)
            let rest = addresses.dropFirst()
            link.watchdog = loop.schedule(after: configuration.connectTimeout) {
                guard self.link === link, link.stage != .open else { return }
                self.fail(RedisError(.unavailable, "connecting took too long"), next: rest)
            }
            nextAddresses = rest
        } catch {
            fail(error as? RedisError ?? RedisError(.unavailable, "\(error)"), next: addresses.dropFirst())
        }
    }

    func handle(events: UInt32, of link: RedisLink) {
        guard self.link === link else { return }
        if link.stage == .connecting {
            guard events & (EPOLLOUT.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 else { return }
            if let error = link.socket.connectionError {
                return fail(RedisError(.unavailable, "cannot connect: \(error)"), next: nextAddresses)
            }
            logIn(link)
        }
        if events & (EPOLLIN.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { receive(link) }
        if events & EPOLLOUT.rawValue != 0, self.link === link { flush() }
    }

    // MARK: - Logging in

    private func logIn(_ link: RedisLink) {
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
        if configuration.checksServer {
            step(link, RedisCommand("INFO", "memory"), optional: true) { ServerCheck.memory(cursor: &$0) }
        }
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
        if let timer = link.watchdog { loop.cancel(timer: timer) }
        watch(link)
        failures = 0
        let next = state.withLock { $0.goOnline(link.socket, now: MonotonicClock.now) }
        logger.debug("Connected to Redis", metadata: ["redis.connection": "\(configuration.name)"])
        onEvent(.online)
        if case .flush = next { flush() }
    }

    // MARK: - Ending and coming back

    /// Ends the link; the next address is tried at once, the same ones again after a pause.
    func fail(_ error: RedisError, next addresses: ArraySlice<SocketAddress> = []) {
        dropLink()
        let now = MonotonicClock.now
        let (lost, wasOnline) = state.withLock { $0.goOffline(error, now: now) }
        let outcome = RedisError(.connectionLost, error.message)
        for completion in lost { completion(.failure(outcome)) }
        for continuation in state.withLock({ $0.takeWaitingForRoom() }) { continuation.resume() }
        if wasOnline {
            loop.schedule(after: configuration.offlineGrace) { self.endGrace(of: now) }
            onEvent(.offline(error))
        }
        guard !isClosed else { return }
        addresses.isEmpty ? retry(after: error) : connect(to: addresses)
    }

    private func retry(after error: RedisError) {
        failures += 1
        let fatal = error.code == .denied || error.code == .unsuitable
        // A server that refuses us in principle is asked again, slowly: somebody may correct it.
        let attempt = fatal ? 100 : failures
        let pause = configuration.backoff.delay(attempt: attempt, random: .random(in: 0..<1))
        logger.log(
            level: fatal ? .error : failures == 3 ? .warning : .debug,
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
        link.socket.close()
    }

    /// `since`: the break the timer was set for; a later one has its own.
    private func endGrace(of since: UInt64) {
        let (orphans, reason) = state.withLock { state in
            state.offlineSince == since ? state.endGrace() : ([], RedisError(.unavailable, ""))
        }
        for completion in orphans { completion(.failure(reason)) }
    }
}
