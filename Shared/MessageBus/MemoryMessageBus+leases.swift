import Synchronization

extension MemoryMessageBus {
    package func acquireLease(_ name: String, timeToLive: Duration) async throws -> Lease? {
        try checkOpen()
        let now = shared.now()
        return shared.state.withLock { state in
            if let held = state.leases[name], held.expires > now {
                guard held.token.hasPrefix("\(instance)-") else { return nil }
                state.leases[name] = .init(token: held.token, expires: now + timeToLive.wholeMilliseconds)
                return Lease(name: name, token: held.token)
            }
            let token = "\(instance)-\(state.makeKey())"
            state.leases[name] = .init(token: token, expires: now + timeToLive.wholeMilliseconds)
            return Lease(name: name, token: token)
        }
    }

    package func renewLease(_ lease: Lease, timeToLive: Duration) async throws -> Bool {
        let now = shared.now()
        return shared.state.withLock { state in
            guard let held = state.leases[lease.name], held.token == lease.token, held.expires > now else {
                return false
            }
            state.leases[lease.name] = .init(token: lease.token, expires: now + timeToLive.wholeMilliseconds)
            return true
        }
    }

    package func releaseLease(_ lease: Lease) async throws {
        shared.state.withLock { state in
            if state.leases[lease.name]?.token == lease.token { state.leases[lease.name] = nil }
        }
    }
}
