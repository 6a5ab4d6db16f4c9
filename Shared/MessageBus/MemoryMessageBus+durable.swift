import Synchronization

extension MemoryMessageBus {
    package func ensureStream(_ configuration: StreamConfiguration) async throws {
        try checkOpen()
        shared.state.withLock { state in
            if state.streams[configuration.name] == nil {
                state.streams[configuration.name] = MemoryStream(configuration)
            } else {
                state.streams[configuration.name]?.configuration = configuration
            }
        }
    }

    package func append(_ message: BusMessage, to stream: String) async throws -> AppendReceipt {
        try checkOpen()
        try check(message)
        return try withStream(stream) { memory, now in
            guard memory.configuration.subjects.matches(message.subject) else {
                throw BusError(.unknownStream, "stream \(stream) does not take \(message.subject)")
            }
            let receipt = try memory.append(message, now: now)
            for durable in memory.consumers.keys { memory.pump(durable, now: now) }
            return receipt
        }
    }

    package func consume(_ consumer: ConsumerConfiguration) async throws -> BusSequence<Delivery> {
        try checkOpen()
        let (stream, continuation) = AsyncThrowingStream<Delivery, any Error>.makeStream()
        let key = shared.state.withLock { $0.makeKey() }
        let bus = self
        try withStream(consumer.stream) { memory, now in
            memory.consumer(consumer)
            memory.consumers[consumer.durable]?.join(
                key,
                .init(
                    instance: instance,
                    hand: { stored, deliveries in
                        let settlement = MemorySettlement(
                            bus: bus,
                            consumer: consumer,
                            member: key,
                            id: stored.id,
                            deliveries: deliveries
                        )
                        continuation.yield(
                            Delivery(stored, deliveries: deliveries, consumer: consumer, settlement: settlement)
                        )
                    },
                    finish: { continuation.finish() }
                )
            )
            memory.pump(consumer.durable, now: now)
        }
        // Ends with the sequence: `onTermination` cancels it. Redelivery has no event of its own to wait for.
        let ticker = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(10))
                try bus.withStream(consumer.stream) { $0.pump(consumer.durable, now: $1) }
            }
        }
        let leave: @Sendable () -> Void = {
            ticker.cancel()
            bus.shared.state.withLock { $0.streams[consumer.stream]?.consumers[consumer.durable]?.leave(key) }
        }
        continuation.onTermination = { _ in Task { leave() } }
        return BusSequence(stream, onCancel: leave)
    }

    package func follow(
        _ stream: String,
        filters: [SubjectFilter],
        from start: FollowStart
    ) async throws -> BusSequence<StoredMessage> {
        try checkOpen()
        let key = shared.state.withLock { $0.makeKey() }
        try withStream(stream) { memory, _ in
            memory.follow(key, instance: instance, filters: filters, from: start)
        }
        let bus = self
        let finish: @Sendable () -> Void = {
            let outcomes = bus.shared.state.withLock { state in
                state.streams[stream]?.finishFollowing(key)
                return state.streams[stream]?.takeOutcomes() ?? []
            }
            bus.shared.perform(outcomes)
        }
        let sequence = AsyncThrowingStream<StoredMessage, any Error> {
            await withTaskCancellationHandler {
                await bus.next(of: stream, follower: key)
            } onCancel: {
                // Not here: who cancels holds the task's own lock, and nobody may wait for the bus' with that.
                Task { finish() }
            }
        }
        return BusSequence(sequence, onCancel: finish)
    }

    /// What a follower reads next; nil at its end.
    private func next(of stream: String, follower key: Int) async -> StoredMessage? {
        await withCheckedContinuation { continuation in
            let outcomes = shared.state.withLock { state -> [MemoryStream.Outcome] in
                guard var follower = state.streams[stream]?.followers[key] else { return [.resume(continuation, nil)] }
                guard !follower.isOver || !follower.ready.isEmpty else {
                    state.streams[stream]?.followers[key] = nil
                    return [.resume(continuation, nil)]
                }
                follower.reader = continuation
                state.streams[stream]?.followers[key] = follower
                state.streams[stream]?.fill(key)
                return state.streams[stream]?.takeOutcomes() ?? []
            }
            shared.perform(outcomes)
        }
    }

    func withStream<Result>(
        _ name: String,
        _ body: (inout MemoryStream, UInt64) throws -> Result
    ) throws -> Result {
        let now = shared.now()
        let (result, outcomes) = try shared.state.withLock { state in
            guard var memory = state.streams[name] else { throw BusError(.unknownStream, "no stream \(name)") }
            state.streams[name] = nil
            defer { state.streams[name] = memory }
            memory.trim(now: now)
            let result = try body(&memory, now)
            memory.trim(now: now)
            return (result, memory.takeOutcomes())
        }
        shared.perform(outcomes)
        return result
    }
}
