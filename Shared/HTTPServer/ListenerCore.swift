import CMicroHTTPD
import Synchronization

/// What the library's callbacks work on: the open connections, the exchanges under way and the handler.
final class ListenerCore: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: ClientConnection] = [:]
        /// Each exchange with what still holds it: the library, and the handler's task.
        var exchanges: [ObjectIdentifier: (exchange: Exchange, holders: Int)] = [:]
        var isDraining = false
        var isAborting = false
    }

    let configuration: HTTPListenerConfiguration
    private let handler: HTTPListener.Handler
    private let monitor: ConnectionMonitor
    private let state = Mutex(State())
    private let idle = AsyncStream<Never>.makeStream()

    init(
        configuration: HTTPListenerConfiguration,
        monitor: ConnectionMonitor,
        handler: @escaping HTTPListener.Handler
    ) {
        self.configuration = configuration
        self.monitor = monitor
        self.handler = handler
    }

    var connectionCount: Int { state.withLock { $0.connections.count } }

    // MARK: - From the library's threads

    func connectionOpened(_ client: ClientConnection) {
        state.withLock { $0.connections[ObjectIdentifier(client)] = client }
    }

    func connectionClosed(_ client: ClientConnection) {
        let isAborting = state.withLock { state in
            state.connections[ObjectIdentifier(client)] = nil
            return state.isAborting
        }
        if !isAborting { client.closing(idleTimeout: configuration.idleTimeout) }
    }

    func begin(client: ClientConnection, target: RawTarget) -> Exchange {
        client.enter(.receiving)
        return state.withLock { state in
            let exchange = Exchange(
                client: client,
                target: target,
                limits: configuration,
                isAborted: state.isAborting
            )
            state.exchanges[ObjectIdentifier(exchange)] = (exchange, 1)
            return exchange
        }
    }

    func handle(_ request: HTTPRequest, of exchange: Exchange) {
        state.withLock { $0.exchanges[ObjectIdentifier(exchange)]?.holders += 1 }
        // Waited for in drain(): the exchange is under way until both this task and the library let go of it.
        let task = Task {
            await respond(to: request, of: exchange)
            release(exchange)
        }
        exchange.started(task)
    }

    func completed(_ exchange: Exchange, successfully: Bool) {
        monitor.unwatch(exchange)
        exchange.completed(successfully: successfully)
        release(exchange)
    }

    // MARK: - From the listener

    /// Ends clients that take too long.
    func expireConnections(at now: ContinuousClock.Instant) {
        // Under the lock a connection cannot be closed, so its descriptor is its own.
        state.withLock { state in
            for client in state.connections.values { client.expire(at: now, by: configuration) }
            makeRoom(among: state.connections.values, at: now)
        }
    }

    /// Where nine of ten places are taken, ends connections that ask nothing or drip until a fifth is free, the oldest
    /// first: whoever holds thousands of them must not keep others out.
    private func makeRoom(among clients: some Collection<ClientConnection>, at now: ContinuousClock.Instant) {
        let limit = configuration.connectionLimit
        guard clients.count > limit - limit / 10 else { return }
        let surplus = clients.count - (limit - limit / 5)
        let dispensable = clients.compactMap { client in client.dispensable(at: now).map { (client, $0) } }
        for (client, _) in dispensable.sorted(by: { $0.1 < $1.1 }).prefix(surplus) { client.giveWay(at: now) }
    }

    /// Tells streams to end and waits until nothing is under way. Returns early when the task is cancelled.
    func drain() async {
        let exchanges = state.withLock { state in
            state.isDraining = true
            if state.exchanges.isEmpty { idle.continuation.finish() }
            return state.exchanges.values.map(\.exchange)
        }
        for exchange in exchanges { exchange.drain() }
        for await _ in idle.stream {}
    }

    /// Cancels whatever is under way; afterwards nothing is suspended and nothing will be.
    func abort() {
        let exchanges = state.withLock { state in
            state.isAborting = true
            return state.exchanges.values.map(\.exchange)
        }
        for exchange in exchanges { exchange.abort() }
    }

    // MARK: - On the handler's task

    private func respond(to request: HTTPRequest, of exchange: Exchange) async {
        let response = await handler(request)
        let isDraining = state.withLock { $0.isDraining }
        guard let stream = exchange.answer(response, isClosing: isDraining), case .stream(let produce) = response.body
        else { return }
        // A stream that began while the drain went round must end too. The flag was set before the round.
        if state.withLock({ $0.isDraining }) { exchange.drain() }
        do {
            try await produce(HTTPBodyWriter(stream: stream))
            stream.finish()
        } catch is CancellationError {
            stream.finish()
        } catch {
            stream.fail()
        }
    }

    private func release(_ exchange: Exchange) {
        state.withLock { state in
            let key = ObjectIdentifier(exchange)
            guard let entry = state.exchanges[key] else { return }
            if entry.holders > 1 {
                state.exchanges[key]?.holders -= 1
            } else {
                state.exchanges[key] = nil
                if state.isDraining, state.exchanges.isEmpty { idle.continuation.finish() }
            }
        }
    }

    /// Watches for the client's hang-up while its stream runs; called on the library's thread when it was queued.
    func streaming(_ exchange: Exchange) { monitor.watch(exchange) }
}
