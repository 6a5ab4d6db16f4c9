import MessageBus
import Synchronization

/// The requests of this process that wait for an answer. Whoever removes a request from the table (answer, deadline,
/// cancellation, failure) resumes its caller, so each is resumed once.
final class RequestTable: Sendable {
    typealias Caller = CheckedContinuation<BusMessage, any Error>

    private enum Entry {
        case waiting(Caller)
        /// Cancelled before the caller came to wait.
        case cancelled
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var deadlines = TimerHeap<UInt64>()
        var timers: [UInt64: UInt64] = [:]
        var lastToken: UInt64 = 0
        var armed = UInt64.max
    }

    private let state = Mutex(State())
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
            state.timers[token] = state.deadlines.insert(due: deadline, token)
            guard deadline < state.armed else { return (true, false) }
            state.armed = deadline
            return (true, true)
        }
        if !isWaiting { caller.resume(throwing: CancellationError()) }
        if mustArm { loop.submit { _ = self.loop.schedule(at: deadline) { self.sweep() } } }
        return isWaiting
    }

    /// Ends a request; false when it had ended before.
    @discardableResult
    func end(_ token: UInt64, with result: Result<BusMessage, any Error>) -> Bool {
        guard let caller = state.withLock({ Self.remove(token, from: &$0) }) else { return false }
        caller.resume(with: result)
        return true
    }

    func cancel(_ token: UInt64) {
        let caller = state.withLock { state -> Caller? in
            if let caller = Self.remove(token, from: &state) { return caller }
            // Not waiting yet, or ended: only the first needs the mark, and `forget` removes the other's.
            state.entries[token] = .cancelled
            return nil
        }
        caller?.resume(throwing: CancellationError())
    }

    /// Called when the caller is back.
    func forget(_ token: UInt64) { state.withLock { _ = Self.remove(token, from: &$0) } }

    func endAll(_ error: BusError) {
        let callers = state.withLock { state -> [Caller] in
            Array(state.entries.keys).compactMap { Self.remove($0, from: &state) }
        }
        for caller in callers { caller.resume(throwing: error) }
    }

    private static func remove(_ token: UInt64, from state: inout State) -> Caller? {
        if let timer = state.timers.removeValue(forKey: token) { state.deadlines.cancel(timer) }
        guard case .waiting(let caller) = state.entries.removeValue(forKey: token) else { return nil }
        return caller
    }

    /// On the loop's thread: ends what is late and sets the next alarm.
    private func sweep() {
        let now = MonotonicClock.now
        let (late, next) = state.withLock { state -> ([Caller], UInt64?) in
            var late: [Caller] = []
            while let token = state.deadlines.popDue(now: now) {
                if let caller = Self.remove(token, from: &state) { late.append(caller) }
            }
            let next = state.deadlines.nextDue()
            state.armed = next ?? .max
            return (late, next)
        }
        if let next { _ = loop.schedule(at: next) { self.sweep() } }
        for caller in late { caller.resume(throwing: BusError(.timeout, "no answer in time")) }
    }
}
