import CMicroHTTPD
import Glibc
import ServiceRuntime
import Synchronization

/// Notices what the library does not: a client that hangs up while its stream is suspended, and a client that takes too
/// long. One thread of its own, asleep in epoll.
final class ConnectionMonitor: Sendable {
    private struct State {
        var nextToken: UInt64 = 1
        var watched: [UInt64: Exchange] = [:]
        var tokens: [ObjectIdentifier: UInt64] = [:]
    }

    private static let wakeToken: UInt64 = 0
    private static let scanInterval: Int32 = 500

    private let epoll: Int32
    private let wake: Int32
    private let state = Mutex(State())
    private let isStopping = Atomic(false)

    init() throws {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wake = CMicroHTTPD_eventfd()
        guard epoll >= 0, wake >= 0, CMicroHTTPD_watch(epoll, wake, CMicroHTTPD_READABLE, Self.wakeToken) == 0 else {
            throw HTTPListenerError(code: .socket, message: String(cString: strerror(errno)))
        }
    }

    deinit {
        close(epoll)
        close(wake)
    }

    /// Starts the thread; `scan` is called on it twice a second.
    func start(name: String, scan: @escaping @Sendable (ContinuousClock.Instant) -> Void) {
        BlockingThread.start(name: name) { [self] in
            var lastScan = ContinuousClock.now
            while !isStopping.load(ordering: .acquiring) {
                waitForHangups()
                let now = ContinuousClock.now
                if lastScan.duration(to: now) >= .milliseconds(Int(Self.scanInterval) * 9 / 10) {
                    lastScan = now
                    scan(now)
                }
            }
        }
    }

    /// Lets the thread end.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        _ = CMicroHTTPD_signal(wake)
    }

    /// Reports once when the exchange's client hangs up. Until `unwatch` its socket must stay open.
    func watch(_ exchange: Exchange) {
        let token = state.withLock { state in
            let token = state.nextToken
            state.nextToken += 1
            state.watched[token] = exchange
            state.tokens[ObjectIdentifier(exchange)] = token
            return token
        }
        if CMicroHTTPD_watch(epoll, exchange.client.descriptor, CMicroHTTPD_HANGUP_ONCE, token) != 0 {
            // Out of epoll watches: the stream's next write notices instead.
            forget(exchange)
        }
    }

    /// Ends the watch, if there is one. Only while the socket is still open, so that no other's is hit.
    func unwatch(_ exchange: Exchange) {
        if forget(exchange) { _ = CMicroHTTPD_unwatch(epoll, exchange.client.descriptor) }
    }

    @discardableResult
    private func forget(_ exchange: Exchange) -> Bool {
        state.withLock { state in
            guard let token = state.tokens.removeValue(forKey: ObjectIdentifier(exchange)) else { return false }
            state.watched[token] = nil
            return true
        }
    }

    private func waitForHangups() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        let count = epoll_wait(epoll, &events, Int32(events.count), Self.scanInterval)
        guard count > 0 else { return }
        for event in events.prefix(Int(count)) where event.data.u64 != Self.wakeToken {
            // An event of a socket that was closed meanwhile finds no exchange.
            let exchange = state.withLock { $0.watched[event.data.u64] }
            exchange?.clientLeft()
        }
    }
}
