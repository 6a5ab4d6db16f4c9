package import MessageBus

extension RedisMessageBus {
    package func request(_ message: BusMessage, timeout: Duration) async throws -> BusMessage {
        try checkTaking()
        try check(message)
        context.statistics.add(.requests)
        let token = requests.makeToken()
        var request = message
        request.reply = try Subject("\(CorePublish.inboxToken).\(instance).\(token)")
        let milliseconds = UInt64(timeout.milliseconds)
        try request.headers.set(MessageHeaders.Name.deadline, "\(context.clock.now + milliseconds)")
        do {
            let answer = try await wait(for: token, request, deadline: MonotonicClock.now + timeout.nanoseconds)
            switch answer.headers.status?.code {
            case 503: throw BusError(.noResponders, "nobody answers \(message.subject)")
            case 408: throw BusError(.timeout, "\(message.subject) was not answered in time")
            default: return answer
            }
        } catch {
            context.statistics.add(.requestsFailed)
            throw error
        }
    }

    private func wait(for token: UInt64, _ request: BusMessage, deadline: UInt64) async throws -> BusMessage {
        defer { requests.forget(token) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Registered before it is written: the answer may be quicker than the return from the write.
                guard requests.wait(token, deadline: deadline, continuation) else { return }
                send(token, request)
            }
        } onCancel: {
            requests.cancel(token)
        }
    }

    package func requestMany(
        _ message: BusMessage,
        _ limits: RequestManyLimits
    ) async throws -> BusSequence<BusMessage> {
        try checkTaking()
        try check(message)
        context.statistics.add(.requests)
        let token = requests.makeToken()
        var request = message
        request.reply = try Subject("\(CorePublish.inboxToken).\(instance).\(token)")
        let milliseconds = UInt64(limits.timeout.milliseconds)
        try request.headers.set(MessageHeaders.Name.deadline, "\(context.clock.now + milliseconds)")
        let mailbox = Mailbox<BusMessage>()
        requests.collect(token, limits, mailbox)
        send(token, request, to: .anybody)
        let requests = self.requests
        return BusSequence(next: { try await mailbox.next() }) { requests.stop(token) }
    }

    /// The deadline rules: asking who listens and waiting for Redis to come back happen within it.
    private func send(_ token: UInt64, _ request: BusMessage, to listeners: InterestCache.Listeners = .groups) {
        let (context, requests) = (self.context, self.requests)
        interests.check(request.subject, listeners) { verdict in
            switch verdict {
            case .success(true):
                context.command.submit(CorePublish.command(request, context)) { answer in
                    // A lost connection says nothing about the request: the answer may still come, or the deadline.
                    guard case .failure(let error) = answer, error.code != .connectionLost else { return }
                    requests.end(token, with: .failure(BusError(error)))
                }
            case .success(false):
                requests.end(token, with: .failure(BusError(.noResponders, "nobody answers \(request.subject)")))
            case .failure(let error): requests.end(token, with: .failure(BusError(error)))
            }
        }
    }
}
