import Synchronization

extension MemoryMessageBus {
    package func publish(_ message: BusMessage) async throws {
        try checkOpen()
        try check(message)
        shared.state.withLock { $0.deliver(message) }
    }

    package func subscribe(to filter: SubjectFilter, queueGroup: String?) async throws -> BusSequence<BusMessage> {
        try checkOpen()
        let (stream, continuation) = AsyncThrowingStream<BusMessage, any Error>.makeStream()
        let key = shared.state.withLock { state in
            let key = state.makeKey()
            state.listeners[key] = .init(
                instance: instance,
                filter: filter,
                queueGroup: queueGroup,
                continuation: continuation
            )
            return key
        }
        let shared = self.shared
        let forget: @Sendable () -> Void = { _ = shared.state.withLock { $0.listeners.removeValue(forKey: key) } }
        // In a task of its own, for which nobody waits: draining finishes sequences while it holds the lock.
        continuation.onTermination = { _ in Task { forget() } }
        return BusSequence(stream) {
            forget()
            continuation.finish()
        }
    }

    package func request(_ message: BusMessage, timeout: Duration) async throws -> BusMessage {
        try checkOpen()
        try check(message)
        let inbox = try Subject("_INBOX.\(instance).\(shared.state.withLock { $0.makeKey() })")
        var request = message
        request.reply = inbox
        try request.headers.set(MessageHeaders.Name.deadline, "\(shared.now() + timeout.wholeMilliseconds)")
        return try await withThrowingTaskGroup(of: BusMessage.self) { [request] group in
            group.addTask { try await self.answer(to: request, at: inbox) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw BusError(.timeout, "no answer to \(request.subject) in time")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private func answer(to request: BusMessage, at inbox: Subject) async throws -> BusMessage {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                shared.state.withLock { state in
                    if Task.isCancelled {
                        continuation.resume(throwing: CancellationError())
                    } else if state.hasResponder(for: request.subject) {
                        state.waiters[inbox] = .init(instance: instance, continuation: continuation)
                        state.deliver(request)
                    } else {
                        continuation.resume(throwing: BusError(.noResponders, "nobody answers \(request.subject)"))
                    }
                }
            }
        } onCancel: {
            // Not here: who cancels holds the task's own lock, and nobody may wait for the bus' with that.
            Task {
                let waiter = shared.state.withLock { $0.waiters.removeValue(forKey: inbox) }
                waiter?.continuation.resume(throwing: CancellationError())
            }
        }
    }

    func check(_ message: BusMessage) throws {
        try message.checkSize()
    }
}
