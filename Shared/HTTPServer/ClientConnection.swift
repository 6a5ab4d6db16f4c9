import CMicroHTTPD
import Glibc
import Synchronization

/// One client's socket, from accept to close. The library owns the descriptor; until `NOTIFY_CLOSED` it stays open.
final class ClientConnection: Sendable {
    /// What the client is being waited for, which decides how long.
    enum Phase: Sendable {
        /// For the next request; the library's own timer ends true silence.
        case idle
        /// For the rest of a request.
        case receiving
        /// For nothing: the handler works, or the answer is a stream.
        case handling
        /// To read the answer.
        case sending
    }

    private struct State {
        var phase: Phase = .idle
        var since: ContinuousClock.Instant
        var requests = 0
        var isExpired = false
    }

    let descriptor: Int32
    /// The peer's numeric address.
    let address: String
    /// Whether the peer is a proxy whose word on its clients is taken.
    let isTrustedProxy: Bool
    private let state: Mutex<State>

    init(descriptor: Int32, address: IPAddress?, proxies: TrustedProxies) {
        self.descriptor = descriptor
        self.address = address?.description ?? "unknown"
        self.isTrustedProxy = address.map(proxies.contains) ?? false
        self.state = Mutex(State(since: .now))
    }

    func enter(_ phase: Phase) {
        state.withLock { state in
            state.phase = phase
            state.since = .now
            if case .receiving = phase { state.requests += 1 }
        }
    }

    /// Ends the connection if the client has had its time. The listener's table is locked, so it cannot close meanwhile.
    func expire(at now: ContinuousClock.Instant, by configuration: HTTPListenerConfiguration) {
        let phase = state.withLock { state -> Phase? in
            let limit: Duration
            switch state.phase {
            case .idle: limit = configuration.idleTimeout + configuration.requestTimeout
            case .receiving: limit = configuration.requestTimeout
            case .sending: limit = configuration.sendTimeout
            case .handling: return nil
            }
            guard !state.isExpired, state.since.duration(to: now) > limit else { return nil }
            state.isExpired = true
            return state.phase
        }
        guard let phase else { return }
        if case .receiving = phase {
            let detail = "The request did not arrive in time."
            sendRaw(ProblemDetails(HTTPStatus(408), code: "REQUEST_TIMEOUT", detail: detail))
        }
        hangUp()
    }

    /// Ends both directions; the library then finds its next read or write failing and closes. Only while it is open.
    func hangUp() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// The library drops a connection whose first line isn't HTTP without a word. The socket is still open when it
    /// says so; a client that sent rubbish and still listens deserves its 400.
    func closing(idleTimeout: Duration) {
        let isUnanswered = state.withLock { state in
            state.requests == 0 && !state.isExpired && state.since.duration(to: .now) < idleTimeout
        }
        if isUnanswered, !isClosedByPeer, CMicroHTTPD_is_silent(descriptor) != 0 {
            sendRaw(ProblemDetails(.badRequest, code: "MALFORMED_REQUEST", detail: "The request could not be read."))
        }
    }

    /// Since when it has asked nothing, or has taken long over asking; nil for any other.
    func dispensable(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        state.withLock { Self.dispensable($0, now) }
    }

    /// Ends such a connection, to make room. The listener's table is locked, so it cannot close meanwhile.
    func giveWay(at now: ContinuousClock.Instant) {
        let mustGo = state.withLock { state in
            guard Self.dispensable(state, now) != nil else { return false }
            state.isExpired = true
            return true
        }
        if mustGo { hangUp() }
    }

    private static func dispensable(_ state: State, _ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard !state.isExpired else { return nil }
        switch state.phase {
        case .idle: return state.since
        case .receiving: return state.since.duration(to: now) > .seconds(2) ? state.since : nil
        case .handling, .sending: return nil
        }
    }

    private var isClosedByPeer: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }

    /// Written past the library, which is only safe where no answer has been begun.
    private func sendRaw(_ problem: ProblemDetails) {
        guard case .bytes(let body) = problem.response(requestID: RequestID.choose(nil)).body else { return }
        let head =
            "HTTP/1.1 \(problem.status) \(problem.title)\r\nContent-Type: application/problem+json\r\n"
            + "Cache-Control: no-store\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n"
        let bytes = Array(head.utf8) + body
        // Best effort: the client may have gone.
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    }
}

extension ClientConnection {
    /// The peer's address; nil for a kind that has none.
    static func address(of connection: OpaquePointer) -> IPAddress? {
        guard let address = CMicroHTTPD_client_address(connection) else { return nil }
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { IPAddress($0.pointee.sin_addr) }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { IPAddress($0.pointee.sin6_addr) }
        default: return nil
        }
    }
}
