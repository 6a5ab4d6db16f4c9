import Synchronization

/// One request with many answers that is under way in a memory bus.
struct MemoryCollector {
    let instance: String
    var collection: ReplyCollection
    let continuation: AsyncThrowingStream<BusMessage, any Error>.Continuation
    let deadline: ContinuousClock.Instant
    /// When it ends if nothing comes.
    var due: ContinuousClock.Instant
}

extension MemoryMessageBus {
    package func requestMany(
        _ message: BusMessage,
        _ limits: RequestManyLimits
    ) async throws -> BusSequence<BusMessage> {
        try checkOpen()
        try check(message)
        let inbox = try Subject("_INBOX.\(instance).\(shared.state.withLock { $0.makeKey() })")
        var request = message
        request.reply = inbox
        try request.headers.set(MessageHeaders.Name.deadline, "\(shared.now() + limits.timeout.wholeMilliseconds)")
        let (stream, continuation) = AsyncThrowingStream<BusMessage, any Error>.makeStream()
        let deadline = ContinuousClock.now + limits.timeout
        let collector = MemoryCollector(
            instance: instance,
            collection: ReplyCollection(limits),
            continuation: continuation,
            deadline: deadline,
            due: deadline
        )
        shared.state.withLock { [request] state in
            guard state.hasResponder(for: request.subject, inGroup: false) else {
                return continuation.finish(throwing: BusError(.noResponders, "nobody answers \(request.subject)"))
            }
            state.collectors[inbox] = collector
            state.deliver(request)
        }
        let shared = self.shared
        // Ends by itself once the collector is gone, at the latest at its deadline. Looks often, because an answer may
        // bring the end nearer.
        Task {
            while let due = shared.state.withLock({ $0.collectors[inbox]?.due }) {
                if due > .now { try await Task.sleep(until: min(due, .now + .milliseconds(10)), clock: .continuous) }
                shared.state.withLock { $0.endCollector(inbox, by: .now) }
            }
        }
        let forget: @Sendable () -> Void = { _ = shared.state.withLock { $0.collectors.removeValue(forKey: inbox) } }
        continuation.onTermination = { _ in Task { forget() } }
        return BusSequence(stream) {
            forget()
            continuation.finish()
        }
    }

    /// How many requests wait for answers, of all peers.
    package var requestsUnderWay: Int { shared.state.withLock { $0.waiters.count + $0.collectors.count } }
}

extension MemoryState {
    /// Hands an answer to the collector it is for.
    mutating func collect(_ answer: BusMessage) {
        guard var collector = collectors[answer.subject] else { return }
        let verdict = collector.collection.judge(answer)
        if verdict == .take || verdict == .takeLast { collector.continuation.yield(answer) }
        switch verdict {
        case .take:
            if let stall = collector.collection.limits.stall { collector.due = min(collector.deadline, .now + stall) }
            collectors[answer.subject] = collector
        case .takeLast, .end:
            collectors[answer.subject] = nil
            collector.continuation.finish()
        case .noResponders:
            collectors[answer.subject] = nil
            collector.continuation.finish(throwing: BusError(.noResponders, "nobody answers"))
        case .ignore: break
        }
    }

    mutating func endCollector(_ inbox: Subject, by now: ContinuousClock.Instant) {
        guard let collector = collectors[inbox], collector.due <= now else { return }
        collectors[inbox] = nil
        collector.continuation.finish()
    }
}
