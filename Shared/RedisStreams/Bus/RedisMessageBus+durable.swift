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
            return BusSequence(next: { try await member.mailbox.next() }) { end.perform() }
        } catch {
            throw BusError.from(error)
        }
    }

    private func forget(_ id: Int, _ member: DurableConsumer) {
        if state.withLock({ $0.consumers.removeValue(forKey: id) }) != nil { presence.remove(consumer: member.name) }
    }
}
