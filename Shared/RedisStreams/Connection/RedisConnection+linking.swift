import CHiredis
import Logging
import ServiceRuntime
import Synchronization

/// Finding the server and connecting to it, with TLS where there is TLS. All of it on the loop's thread.
extension RedisConnection {
    func begin() {
        let start = state.withLock { $0.offlineSince }
        loop.schedule(after: configuration.offlineGrace) { self.endGrace(of: start) }
        resolve()
    }

    func resolve() {
        guard !isClosed else { return }
        guard let sentinels else { return lookUp(configuration.url.address) }
        sentinels.find { result in
            guard !self.isClosed else { return }
            switch result {
            case .failure(let error): self.fail(error)
            case .success(let address): self.lookUp(address)
            }
        }
    }

    /// The Sentinels name this address: a link to another one ends.
    func expect(_ address: RedisURL.Address) {
        guard link != nil, let target, target.endpoint != address else { return }
        fail(RedisError(.connectionLost, "the Sentinels name another master"))
    }

    private func lookUp(_ address: RedisURL.Address) {
        RedisTarget.find(address, tls: configuration.url.tls) { result in
            self.loop.submit {
                guard !self.isClosed else { return }
                switch result {
                case .failure(let error): self.fail(error)
                case .success(let target):
                    self.target = target
                    self.connect(to: target.addresses[...])
                }
            }
        }
    }

    func connect(to addresses: ArraySlice<SocketAddress>) {
        guard !isClosed, link == nil else { return }
        guard let address = addresses.first else {
            return retry(after: RedisError(.unavailable, "Redis' address is unknown or refuses connections"))
        }
        let rest = addresses.dropFirst()
        do {
            let link = try makeLink(to: address)
            self.link = link
            link.registration = loop.watch(link.socket.descriptor, for: EPOLLIN.rawValue | EPOLLOUT.rawValue, link)
            link.watchdog = loop.schedule(after: configuration.connectTimeout) {
                guard self.link === link, link.stage != .open else { return }
                let what =
                    link.stage == .securing
                    ? "the TLS handshake took too long; does Redis speak TLS on this port?" : "connecting took too long"
                self.fail(RedisError(.unavailable, what), next: rest)
            }
            nextAddresses = rest
        } catch {
            fail(error as? RedisError ?? RedisError(.unavailable, "\(error)"), next: rest)
        }
    }

    private func makeLink(to address: SocketAddress) throws -> RedisLink {
        guard let reader = RESPReader() else { throw RedisError(.unavailable, "no memory for a parser") }
        let socket = try RedisSocket(connectingTo: address)
        guard let target, let context = target.tls else {
            return RedisLink(self, socket: socket, tls: nil, reader: reader)
        }
        do {
            let tls = try TLSChannel(socket, context, host: target.host)
            return RedisLink(self, socket: socket, tls: tls, reader: reader)
        } catch {
            socket.close()
            throw error
        }
    }

    func handle(events: UInt32, of link: RedisLink) {
        guard self.link === link else { return }
        if link.stage == .connecting {
            guard events & (EPOLLOUT.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 else { return }
            if let error = link.socket.connectionError {
                return fail(RedisError(.unavailable, "cannot connect: \(error)"), next: nextAddresses)
            }
            if link.tls == nil { logIn(link) } else { link.stage = .securing }
        }
        if link.stage == .securing {
            secure(link)
            guard self.link === link, link.stage != .securing else { return }
        }
        if events & (EPOLLIN.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { receive(link) }
        if events & EPOLLOUT.rawValue != 0, self.link === link { flush() }
    }

    private func secure(_ link: RedisLink) {
        guard let tls = link.tls else { return }
        let (progress, wantsToWrite) = tls.handshake()
        switch progress {
        case .bytes: logIn(link)
        case .wouldBlock: wait(link, toWrite: wantsToWrite)
        case .ended(let reason): fail(RedisError(.unavailable, reason), next: nextAddresses)
        }
    }
}
