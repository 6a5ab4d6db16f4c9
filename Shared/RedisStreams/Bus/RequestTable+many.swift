import MessageBus
import Synchronization

extension RequestTable {
    /// What a request with many answers has so far.
    struct Collector {
        var collection: ReplyCollection
        let mailbox: Mailbox<BusMessage>
        let deadline: UInt64
    }

    /// Answers beyond these that nobody took yet are dropped and counted as late.
    private static let untaken = 8192

    /// Lets a request with many answers begin; it ends by its limits or by `stop`.
    func collect(_ token: UInt64, _ limits: RequestManyLimits, _ mailbox: Mailbox<BusMessage>) {
        let deadline = MonotonicClock.now + limits.timeout.nanoseconds
        let mustArm = state.withLock { state in
            state.entries[token] = .collecting(
                Collector(collection: ReplyCollection(limits), mailbox: mailbox, deadline: deadline)
            )
            return Self.setTimer(token, due: deadline, in: &state)
        }
        if mustArm { arm(deadline) }
    }

    /// Its reader wants no more. Idempotent.
    func stop(_ token: UInt64) {
        let entry = state.withLock { Self.remove(token, from: &$0) }
        if case .collecting(let collector) = entry { collector.mailbox.finish() }
    }

    /// One answer, or a failure; false when it came too late. Answers come from the loop's thread only, so that their
    /// order is kept although the mailbox is filled outside the lock.
    func add(_ result: Result<BusMessage, any Error>, to collector: Collector, _ token: UInt64) -> Bool {
        let mailbox = collector.mailbox
        guard case .success(let answer) = result else {
            _ = state.withLock { Self.remove(token, from: &$0) }
            if case .failure(let error) = result { mailbox.finish(throwing: error) }
            return true
        }
        let judged = state.withLock { state -> (verdict: ReplyCollection.Verdict, alarm: UInt64?)? in
            guard case .collecting(var collector) = state.entries[token] else { return nil }
            let verdict = collector.collection.judge(answer)
            guard verdict == .take || verdict == .ignore else {
                _ = Self.remove(token, from: &state)
                return (verdict, nil)
            }
            state.entries[token] = .collecting(collector)
            guard verdict == .take, let stall = collector.collection.limits.stall else { return (verdict, nil) }
            let due = min(collector.deadline, MonotonicClock.now + stall.nanoseconds)
            return (verdict, Self.setTimer(token, due: due, in: &state) ? due : nil)
        }
        guard let judged else { return false }
        if let alarm = judged.alarm { arm(alarm) }
        switch judged.verdict {
        case .take, .takeLast:
            guard mailbox.count < Self.untaken else { return false }
            mailbox.put(answer)
            if judged.verdict == .takeLast { mailbox.finish() }
        case .end: mailbox.finish()
        case .noResponders: mailbox.finish(throwing: BusError(.noResponders, "nobody answers"))
        case .ignore: break
        }
        return true
    }
}
