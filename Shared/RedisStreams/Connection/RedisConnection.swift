import Logging
import ServiceRuntime
import Synchronization

/// One connection that keeps itself alive: it connects, logs in, pipelines, and connects again for ever.
///
/// Commands are answered in the order they were given; each gets exactly one outcome. What is given while the connection
/// is away waits for `offlineGrace` and then fails as `unavailable`; what was written when it broke fails as
/// `connectionLost`, because nobody knows whether it ran; what was not written yet is sent again on the next one. Given
/// from any thread, answered on the loop's.
final class RedisConnection: @unchecked Sendable {
    // Why unchecked: `link` and what belongs to it is touched on the loop's thread only; everything else is in `state`
    // or never changes.

    /// The answer to one command. The cursor is valid only until the handler returns.
    typealias Answer = Result<RESPCursor, RedisError>
    /// Called once, on the loop's thread; must not block.
    typealias Completion = @Sendable (Answer) -> Void

    enum Event: Sendable {
        case online
        case offline(RedisError)
    }

    let loop: RedisEventLoop
    let configuration: RedisConnectionConfiguration
    let logger: Logger
    let onEvent: @Sendable (Event) -> Void
    let state: Mutex<RedisConnectionState>
    /// Who knows the master; nil where the server is named directly.
    let sentinels: SentinelWatch?
    /// The server's number for this connection, for `CLIENT UNBLOCK`; 0 while there is none.
    let clientID = Atomic<Int>(0)

    // The loop's thread only.
    var link: RedisLink?
    var failures = 0
    var readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    var isClosed = false
    var writeBuffer: [UInt8] = []
    var nextAddresses: ArraySlice<SocketAddress> = []
    /// The server looked for last.
    var target: RedisTarget?
    /// Why we were refused last, until somebody lets us in.
    var refusal: RedisError?
    /// What was warned of already.
    var warned: Set<String> = []

    /// Starts connecting at once.
    init(
        loop: RedisEventLoop = .shared,
        configuration: RedisConnectionConfiguration,
        logger: Logger,
        onEvent: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.loop = loop
        self.configuration = configuration
        self.logger = logger
        self.onEvent = onEvent
        sentinels = configuration.sentinels ?? SentinelWatch(configuration.url, loop: loop, logger: logger)
        state = Mutex(RedisConnectionState(now: MonotonicClock.now))
        loop.submit { self.begin() }
    }

    deinit { readBuffer.deallocate() }

    var isOnline: Bool { state.withLock { $0.phase == .online } }

    /// Gives a command. Never blocks, never waits.
    func submit(_ command: RedisCommand, patience: Duration? = nil, _ completion: @escaping Completion) {
        precondition(command.isComplete, "a command must have as many parts as it announced")
        let limit = (patience ?? configuration.patience).nanoseconds
        let next = state.withLock { state -> RedisConnectionState.Next in
            state.accept(command.bytes, patience: limit, now: MonotonicClock.now, completion)
        }
        switch next {
        case .nothing: return
        case .flush: loop.submit { self.flush() }
        case .refuse(let error): loop.submit { completion(.failure(error)) }
        }
    }

    /// Gives a command and waits for its answer. Not cancellable: it ends within the patience anyway.
    func execute(_ command: RedisCommand, patience: Duration? = nil) async throws -> RESPValue {
        await room()
        return try await withCheckedThrowingContinuation { continuation in
            submit(command, patience: patience) { answer in
                continuation.resume(
                    with: answer.map {
                        var cursor = $0
                        return cursor.value()
                    }
                )
            }
        }
    }

    /// Waits while too much is under way. Backpressure, not a promise: a crowd let in at once may exceed the limit.
    func room() async {
        let configuration = self.configuration
        guard state.withLock({ $0.isFull(configuration) }) else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let hasRoom = state.withLock { state -> Bool in
                guard state.phase == .online, state.isFull(configuration) else { return true }
                state.waitingForRoom.append(continuation)
                return false
            }
            if hasRoom { continuation.resume() }
        }
    }

    /// Closes for good: what is unanswered fails as `closed`. Idempotent.
    func close() {
        loop.submit {
            guard !self.isClosed else { return }
            self.isClosed = true
            self.dropLink()
            let error = RedisError(.closed, "the connection was closed")
            let (orphans, waiting) = self.state.withLock { $0.shut() }
            for orphan in orphans { orphan(.failure(error)) }
            for continuation in waiting { continuation.resume() }
        }
    }
}
