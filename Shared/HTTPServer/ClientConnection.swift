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
    let address: String
    private let state: Mutex<State>

    init(descriptor: Int32, address: String) {
        self.descriptor = descriptor
        self.address = address
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
        if case .receiving = phase { sendRaw("408 Request Timeout", code: "REQUEST_TIMEOUT") }
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
        if isUnanswered, !isClosedByPeer { sendRaw("400 Bad Request", code: "MALFORMED_REQUEST") }
    }

    private var isClosedByPeer: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }

    /// Written past the library, which is only safe where no answer has been begun.
    private func sendRaw(_ status: String, code: String) {
        let title = status.dropFirst(4)
        let body =
            #"{"code":"\#(code)","detail":"The request could not be read.","status":\#(status.prefix(3)),"#
            + #""title":"\#(title)","type":"about:blank"}"#
        let text =
            "HTTP/1.1 \(status)\r\nContent-Type: application/problem+json\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let bytes = Array(text.utf8)
        // Best effort: the client may have gone.
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
    }
}

extension ClientConnection {
    /// The peer's numeric address; IPv4 in IPv6 clothing is shown as IPv4.
    static func address(of connection: OpaquePointer) -> String {
        guard let address = CMicroHTTPD_client_address(connection) else { return "unknown" }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                var source = pointer.pointee.sin_addr
                inet_ntop(AF_INET, &source, &text, socklen_t(text.count))
            }
        case AF_INET6:
            address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                var source = pointer.pointee.sin6_addr
                inet_ntop(AF_INET6, &source, &text, socklen_t(text.count))
            }
        default: return "unknown"
        }
        let numeric = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return numeric.hasPrefix("::ffff:") ? String(numeric.dropFirst(7)) : numeric
    }
}
