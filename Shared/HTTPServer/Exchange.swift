import CMicroHTTPD
import Synchronization

/// One request and its answer, as a state machine between two threads: the library's, which receives and sends, and the
/// handler's task, which answers while the connection is suspended.
///
/// `receiving → handling (suspended) → answered (resumed) → responding → done`; `aborted` from anywhere when the
/// listener must stop. The library is told to suspend and to resume only under this lock, once each.
final class Exchange: Sendable {
    private enum Phase {
        case receiving
        case handling(ConnectionHandle)
        case answered(PreparedResponse)
        case responding
        case aborted
        case done
    }

    private struct State {
        var phase = Phase.receiving
        var head: RequestHead?
        var refusal: ProblemDetails?
        var id = ""
        var body: [UInt8] = []
        var received = 0
        var task: Task<Void, Never>?
        var stream: ResponseStream?
    }

    /// What the library's access handler has to do.
    enum Step {
        case goOn
        case close
        case queue(PreparedResponse)
        case handle(HTTPRequest)
    }

    /// Past the limit a body is read and dropped for this many bytes more, so that the client reads its 413 instead of
    /// a reset; then the connection is closed.
    static let swallowed = 8 << 20

    let client: ClientConnection
    private let rawTarget: RawTarget
    private let limits: HTTPListenerConfiguration
    private let state: Mutex<State>

    init(client: ClientConnection, target: RawTarget, limits: HTTPListenerConfiguration, isAborted: Bool) {
        self.client = client
        self.rawTarget = target
        self.limits = limits
        self.state = Mutex(State())
        if isAborted { state.withLock { $0.phase = .aborted } }
    }

    /// The access handler was called; `head` is asked for in the first call only, `upload` is a piece of the body.
    func advance(
        _ connection: ConnectionHandle,
        upload: UnsafeRawBufferPointer?,
        head: (RawTarget) -> RequestHead
    ) -> Step {
        state.withLock { state in
            switch state.phase {
            case .receiving:
                if state.head == nil { return begin(&state, head(rawTarget)) }
                if let upload { return take(upload, &state) }
                return complete(&state, connection)
            case .answered(let response):
                state.phase = .responding
                return .queue(response)
            case .aborted: return .close
            case .handling, .responding, .done: return .goOn
            }
        }
    }

    /// Remembers the handler's task, to cancel it when the client goes away or the listener must stop.
    func started(_ task: Task<Void, Never>) {
        let isOver = state.withLock { state in
            state.task = task
            switch state.phase {
            case .aborted, .done: return true
            default: return false
            }
        }
        if isOver { task.cancel() }
    }

    /// Hands the answer to the library's thread. Returns the stream to fill, if the answer is one.
    func answer(_ response: HTTPResponse, isClosing: Bool) -> ResponseStream? {
        state.withLock { state in
            guard case .handling(let connection) = state.phase else { return nil }
            let isHead = state.head?.method == .head
            var response = response
            // The library would end a stream that HEAD asks for with a last chunk, which is a body. So none is begun.
            if isHead, case .stream = response.body { response.body = .bytes([]) }
            var stream: ResponseStream?
            if case .stream = response.body {
                stream = ResponseStream(connection: connection, client: client)
            }
            guard
                let prepared = PreparedResponse(response, requestID: state.id, stream: stream, isClosing: isClosing)
            else {
                state.phase = .aborted
                connection.resume()
                return nil
            }
            state.stream = stream
            state.phase = .answered(prepared)
            client.enter(stream == nil ? .sending : .handling)
            connection.resume()
            return stream
        }
    }

    /// Ends the exchange now: cancels the handler, wakes the connection to be closed. Idempotent.
    func abort() {
        let (task, stream) = state.withLock { state -> (Task<Void, Never>?, ResponseStream?) in
            switch state.phase {
            case .receiving: state.phase = .aborted
            case .handling(let connection):
                state.phase = .aborted
                connection.resume()
            case .answered, .responding, .aborted, .done: break
            }
            return (state.task, state.stream)
        }
        task?.cancel()
        stream?.fail()
    }

    /// A streaming client has hung up.
    func clientLeft() {
        let (task, stream) = state.withLock { ($0.task, $0.stream) }
        task?.cancel()
        stream?.fail()
    }

    /// The listener drains: streams are told to end, everything else runs on.
    func drain() {
        let task = state.withLock { $0.stream == nil ? nil : $0.task }
        task?.cancel()
    }

    /// The library is done with the request; nothing may touch its connection any more.
    func completed(successfully: Bool) {
        let (task, stream, leftover) = state.withLock { state in
            var leftover: PreparedResponse?
            if case .answered(let response) = state.phase { leftover = response }
            state.phase = .done
            return (state.task, state.stream, leftover)
        }
        leftover?.discard()
        stream?.connectionClosed()
        if !successfully { task?.cancel() }
        client.enter(.idle)
    }
}

extension Exchange {
    private func begin(_ state: inout State, _ head: RequestHead) -> Step {
        state.head = head
        state.id = RequestID.choose(head.headers[RequestID.header])
        state.refusal = head.refusal(by: limits)
        guard let refusal = state.refusal else { return .goOn }
        // What is queued now closes the connection afterwards. Only a body that is a little too large is waited for.
        let isSwallowed =
            refusal.status == HTTPStatus.contentTooLarge.code
            && (head.contentLength ?? 0) <= UInt64(limits.bodyLimit + Self.swallowed)
        return isSwallowed ? .goOn : refuse(&state, refusal)
    }

    private func take(_ upload: UnsafeRawBufferPointer, _ state: inout State) -> Step {
        state.received += upload.count
        if state.received > limits.bodyLimit {
            state.refusal = state.refusal ?? RequestHead.bodyTooLarge(limits)
            state.body = []
            return state.received > limits.bodyLimit + Self.swallowed ? .close : .goOn
        }
        if state.refusal == nil { state.body.append(contentsOf: upload) }
        return .goOn
    }

    private func complete(_ state: inout State, _ connection: ConnectionHandle) -> Step {
        if let refusal = state.refusal { return refuse(&state, refusal) }
        guard let head = state.head, let target = head.target.flatMap(HTTPTarget.init) else {
            let problem = ProblemDetails(
                .badRequest,
                code: "MALFORMED_TARGET",
                detail: "The path or query is not well-formed."
            )
            return refuse(&state, problem)
        }
        let isForwarded = client.isTrustedProxy
        let forwarded = isForwarded ? limits.trustedProxies.client(in: head.headers) : nil
        let request = HTTPRequest(
            id: state.id,
            method: head.method,
            target: target,
            headers: head.headers,
            body: state.body,
            clientAddress: forwarded?.description ?? client.address,
            isEncrypted: isForwarded && TrustedProxies.isEncrypted(head.headers)
        )
        state.body = []
        state.phase = .handling(connection)
        client.enter(.handling)
        // Under the lock: the handler cannot answer, and so not resume, before this.
        connection.suspend()
        return .handle(request)
    }

    private func refuse(_ state: inout State, _ problem: ProblemDetails) -> Step {
        let response = problem.response(requestID: state.id)
        guard let prepared = PreparedResponse(response, requestID: state.id, stream: nil, isClosing: false) else {
            return .close
        }
        state.phase = .responding
        client.enter(.sending)
        return .queue(prepared)
    }
}
