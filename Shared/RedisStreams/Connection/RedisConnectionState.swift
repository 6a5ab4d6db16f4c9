/// What a connection knows that any thread may ask or change, under the connection's mutex.
///
/// Bytes are counted from the beginning of the connection, so that after a break it is known of each command whether
/// any of it had been written.
struct RedisConnectionState {
    enum Phase {
        case offline, online, closed
    }

    /// What the caller must do after leaving the mutex.
    enum Next {
        case nothing
        case flush
        case refuse(RedisError)
    }

    struct Waiting {
        let bytes: [UInt8]
        let patience: UInt64
        let completion: RedisConnection.Completion
    }

    struct Pending {
        let completion: RedisConnection.Completion
        let start: UInt64
        let end: UInt64
        let patience: UInt64
        var since: UInt64
    }

    private(set) var phase: Phase = .offline
    private(set) var pending = FIFO<Pending>()
    private(set) var output: [UInt8] = []
    var waitingForRoom: [CheckedContinuation<Void, Never>] = []
    /// Set while the loop writes what it took out of `output`, or waits for the socket to take more.
    var isWriting = false

    private var queue = FIFO<Waiting>()
    private var channel: (any ByteChannel)?
    /// The position of `output`'s first byte.
    private var written: UInt64 = 0
    private var isFlushDue = false
    private var graceIsOver = false
    private var reason = RedisError(.unavailable, "Redis cannot be reached")
    private(set) var offlineSince: UInt64

    init(now: UInt64) { offlineSince = now }

    mutating func accept(
        _ bytes: [UInt8],
        patience: UInt64,
        now: UInt64,
        _ completion: @escaping RedisConnection.Completion
    ) -> Next {
        switch phase {
        case .closed: return .refuse(RedisError(.closed, "the connection was closed"))
        case .offline:
            if graceIsOver { return .refuse(reason) }
            queue.append(Waiting(bytes: bytes, patience: patience, completion: completion))
            return .nothing
        case .online:
            push(bytes, patience: patience, now: now, completion)
            return send()
        }
    }

    func isFull(_ limits: RedisConnectionConfiguration) -> Bool {
        pending.count >= limits.maximumInFlight || output.count >= limits.maximumBuffered
    }

    /// Appends a command to the output whatever the phase; for logging in.
    mutating func push(
        _ bytes: [UInt8],
        patience: UInt64,
        now: UInt64,
        _ completion: @escaping RedisConnection.Completion
    ) {
        let start = end
        end = start + UInt64(bytes.count)
        pending.append(Pending(completion: completion, start: start, end: end, patience: patience, since: now))
        output.append(contentsOf: bytes)
    }

    /// The position after the last command given.
    private var end: UInt64 = 0

    /// A lone command is written at once by whoever gives it, which saves waking the loop; a crowd's is written by the
    /// loop in one go.
    private mutating func send() -> Next {
        if isWriting || isFlushDue { return .nothing }
        if pending.count == 1, let channel, channel.allowsDirectWrites {
            // An error shows again when the loop reads or writes; it is the loop's to handle.
            if case .bytes(let count) = output.withUnsafeBytes({ channel.write($0) }) {
                written += UInt64(count)
                if count == output.count {
                    output.removeAll(keepingCapacity: true)
                    return .nothing
                }
                output.removeFirst(count)
            }
        }
        isFlushDue = true
        return .flush
    }

    /// Exchanges the output for an empty buffer; false when there is nothing to write.
    mutating func takeOutput(into buffer: inout [UInt8]) -> Bool {
        isFlushDue = false
        guard !output.isEmpty else {
            isWriting = false
            return false
        }
        swap(&output, &buffer)
        isWriting = true
        return true
    }

    /// Notes what was written of a buffer and puts the rest back in front.
    mutating func putBack(_ buffer: [UInt8], written count: Int) {
        written += UInt64(count)
        if count < buffer.count { output.insert(contentsOf: buffer[count...], at: 0) }
    }

    /// Takes out the command the next reply belongs to.
    mutating func popPending(now: UInt64) -> Pending? {
        let first = pending.popFirst()
        // The next one has been waiting for its predecessor, not for a silent server.
        pending.withFirst { if $0.since < now { $0.since = now } }
        return first
    }

    /// Logged in: what waited goes out.
    mutating func goOnline(_ channel: any ByteChannel, now: UInt64) -> Next {
        phase = .online
        graceIsOver = false
        self.channel = channel
        while let waiting = queue.popFirst() {
            push(waiting.bytes, patience: waiting.patience, now: now, waiting.completion)
        }
        return output.isEmpty ? .nothing : .flush
    }

    /// The connection broke. The answer holds the commands that may have run; the others wait for the next connection.
    mutating func goOffline(_ reason: RedisError, now: UInt64) -> (lost: [RedisConnection.Completion], wasOnline: Bool)
    {
        let wasOnline = phase == .online
        if wasOnline { offlineSince = now }
        if phase != .closed { phase = .offline }
        self.reason = reason.code == .connectionLost ? RedisError(.unavailable, reason.message) : reason
        channel = nil
        var lost: [RedisConnection.Completion] = []
        var kept: [Waiting] = []
        while let command = pending.popFirst() {
            if command.start < written || !wasOnline {
                lost.append(command.completion)
            } else {
                let from = Int(command.start - written)
                let bytes = Array(output[from..<from + Int(command.end - command.start)])
                kept.append(Waiting(bytes: bytes, patience: command.patience, completion: command.completion))
            }
        }
        let later = queue.removeAll()
        queue.append(contentsOf: kept + later)
        output.removeAll()
        written = 0
        end = 0
        isWriting = false
        isFlushDue = false
        return (lost, wasOnline)
    }

    /// The grace is over: what waits fails, and what comes fails at once until the connection is back.
    mutating func endGrace() -> (orphans: [RedisConnection.Completion], reason: RedisError) {
        guard phase == .offline else { return ([], reason) }
        graceIsOver = true
        return (queue.removeAll().map(\.completion), reason)
    }

    mutating func takeWaitingForRoom() -> [CheckedContinuation<Void, Never>] {
        defer { waitingForRoom.removeAll() }
        return waitingForRoom
    }

    mutating func shut() -> (orphans: [RedisConnection.Completion], waiting: [CheckedContinuation<Void, Never>]) {
        phase = .closed
        channel = nil
        var orphans: [RedisConnection.Completion] = []
        while let command = pending.popFirst() { orphans.append(command.completion) }
        orphans += queue.removeAll().map(\.completion)
        output.removeAll()
        return (orphans, takeWaitingForRoom())
    }
}
