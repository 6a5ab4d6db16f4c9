package import MessageBus
import Synchronization

extension RedisMessageBus {
    package func ensureStream(_ configuration: StreamConfiguration) async throws {
        try checkOpen()
        do { try await streams.declare(configuration) } catch { throw BusError.from(error) }
    }

    package func consume(_ consumer: ConsumerConfiguration) async throws -> BusSequence<Delivery> {
        try checkTaking()
        do {
            try BusKeys.validate(consumer.durable, what: "consumer")
            let stream = try await streams.configuration(of: consumer.stream)
            let id = makeID()
            let context = self.context
            let member = state.withLock { state -> DurableConsumer in
                let same = state.consumers.values.filter {
                    $0.configuration.stream == consumer.stream && $0.configuration.durable == consumer.durable
                }
                let member = DurableConsumer(
                    context: context,
                    configuration: consumer,
                    isWorkQueue: stream.retention == .workQueue,
                    name: same.isEmpty ? instance : "\(instance).\(id)"
                )
                state.consumers[id] = member
                return member
            }
            do {
                try await member.ensureGroup()
                try await presence.add(consumer: member.name)
            } catch {
                forget(id, member)
                throw error
            }
            await onLoop { member.open() }
            let end = Once { context.loop.submit { member.stop { self.forget(id, member) } } }
            return BusSequence(member.mailbox) { end.perform() }
        } catch {
            throw BusError.from(error)
        }
    }

    private func forget(_ id: Int, _ member: DurableConsumer) {
        if state.withLock({ $0.consumers.removeValue(forKey: id) }) != nil { presence.remove(consumer: member.name) }
    }

    package func follow(
        _ stream: String,
        filters: [SubjectFilter],
        from start: FollowStart
    ) async throws -> BusSequence<StoredMessage> {
        try checkTaking()
        do {
            _ = try await streams.configuration(of: stream)
            let key = context.keys.log(stream)
            let cursor: StreamID =
                switch start {
                case .new: try await lastID(of: key)
                case .after(let id): id
                }
            let id = makeID()
            let (context, cursors) = (self.context, self.cursors)
            let sink = FollowSink(stream: stream, filters: filters, context: context) {
                context.loop.submit { cursors.wake() }
            }
            state.withLock { $0.follows[id] = sink.mailbox }
            await onLoop { cursors.add(id, key: key, after: cursor, sink, watchesGaps: true) }
            return BusSequence(sink.mailbox) {
                _ = self.state.withLock { $0.follows.removeValue(forKey: id) }
                context.loop.submit {
                    cursors.remove(id)
                    sink.mailbox.finish()
                }
            }
        } catch {
            throw BusError.from(error)
        }
    }
}
