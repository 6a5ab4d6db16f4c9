import MessageBus
import Synchronization

/// The requests of this process that wait for an answer. Whoever removes a request from the table (answer, deadline,
/// cancellation, failure) resumes its caller, so each is resumed once. A request with many answers stays until its
/// limits or its reader end it.
final class RequestTable: Sendable {
    typealias Caller = CheckedContinuation<BusMessage, any Error>

    enum Entry {
        case waiting(Caller)
        case collecting(Collector)
        /// Cancelled before the caller came to wait.
        case cancelled
    }

    struct State {
        var entries: [UInt64: Entry] = [:]
        var deadlines = TimerHeap<UInt64>()
        var timers: [UInt64: UInt64] = [:]
        var lastToken: UInt64 = 0
        var armed = UInt64.max
    }

    let state = Mutex(State())
    private let loop: RedisEventLoop

    init(loop: RedisEventLoop) { self.loop = loop }

    var count: Int { state.withLock { $0.timers.count } }

    /// Callers that wait, and marks of some that were cancelled before they did.
    var entryCount: Int { state.withLock { $0.entries.count } }

    /// The next request's number.
    func makeToken() -> UInt64 {
        state.withLock { state in
            state.lastToken += 1
            return state.lastToken
        }
    }

    /// Lets a caller wait; false when it has been cancelled already and was told so.
    func wait(_ token: UInt64, deadline: UInt64, _ caller: Caller) -> Bool {
        let (isWaiting, mustArm) = state.withLock { state -> (Bool, Bool) in
            if case .cancelled = state.entries[token] {
                state.entries[token] = nil
                return (false, false)
            }
            state.entries[token] = .waiting(caller)
            return (true, Self.setTimer(token, due: deadline, in: &state))
        }
        if !isWaiting { caller.resume(throwing: CancellationError()) }
        if mustArm { arm(deadline) }
        return isWaiting
    }

    /// Ends a request, or adds to what has many answers; false when it had ended before.
    @discardableResult
    func end(_ token: UInt64, with result: Result<BusMessage, any Error>) -> Bool {
        let entry = state.withLock { state -> Entry? in
            if case .collecting = state.entries[token] { return state.entries[token] }
            return Self.remove(token, from: &state)
        }
        switch entry {
        case .waiting(let caller): caller.resume(with: result)
        case .collecting(let collector): return add(result, to: collector, token)
        case .cancelled, nil: return false
        }
        return true
    }

    func cancel(_ token: UInt64) {
        let caller = state.withLock { state -> Caller? in
            if case .waiting(let caller) = Self.remove(token, from: &state) { return caller }
            // Not waiting yet, or ended: only the first needs the mark, and `forget` removes the other's.
            state.entries[token] = .cancelled
            return nil
        }
        caller?.resume(throwing: CancellationError())
    }

    /// Called when the caller is back.
    func forget(_ token: UInt64) { state.withLock { _ = Self.remove(token, from: &$0) } }

    func endAll(_ error: BusError) {
        let entries = state.withLock { state in
            Array(state.entries.keys).compactMap { Self.remove($0, from: &state) }
        }
        for entry in entries { Self.close(entry, error) }
    }

    static func remove(_ token: UInt64, from state: inout State) -> Entry? {
        if let timer = state.timers.removeValue(forKey: token) { state.deadlines.cancel(timer) }
        return state.entries.removeValue(forKey: token)
    }

    /// Sets, or moves, the time at which a request ends by itself; true when the alarm must be set for it.
    static func setTimer(_ token: UInt64, due: UInt64, in state: inout State) -> Bool {
        if let timer = state.timers.removeValue(forKey: token) { state.deadlines.cancel(timer) }
        state.timers[token] = state.deadlines.insert(due: due, token)
        guard due < state.armed else { return false }
        state.armed = due
        return true
    }

    func arm(_ due: UInt64) { loop.submit { _ = self.loop.schedule(at: due) { self.sweep() } } }

    /// Many answers may end without an error: nobody knows how many there are.
    private static func close(_ entry: Entry, _ error: BusError) {
        switch entry {
        case .waiting(let caller): caller.resume(throwing: error)
        case .collecting(let collector): collector.mailbox.finish(throwing: error.code == .timeout ? nil : error)
        case .cancelled: break
        }
    }

    /// On the loop's thread: ends what is late and sets the next alarm.
    private func sweep() {
        let now = MonotonicClock.now
        let (late, next) = state.withLock { state -> ([Entry], UInt64?) in
            var late: [Entry] = []
            while let token = state.deadlines.popDue(now: now) {
                if let entry = Self.remove(token, from: &state) { late.append(entry) }
            }
            let next = state.deadlines.nextDue()
            state.armed = next ?? .max
            return (late, next)
        }
        if let next { _ = loop.schedule(at: next) { self.sweep() } }
        for entry in late { Self.close(entry, BusError(.timeout, "no answer in time")) }
    }
}
