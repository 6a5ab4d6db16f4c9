/// Settles a memory bus' delivery; only the member that holds the message now can.
struct MemorySettlement: DeliverySettlement {
    let bus: MemoryMessageBus
    let consumer: ConsumerConfiguration
    let member: Int
    let id: StreamID
    let deliveries: Int

    /// A stream that is gone has nothing pending.
    func acknowledge() {
        do { _ = try finish() } catch {}
    }

    func acknowledgeAndWait() async throws -> Bool { try finish() }

    func acknowledgeAll() async throws -> Int {
        try bus.withStream(consumer.stream) { stream, now in
            let done = (stream.consumers[consumer.durable]?.pending.keys).map { $0.filter { $0 <= id } } ?? []
            for id in done {
                stream.consumers[consumer.durable]?.forget(id)
                stream.remove(id)
            }
            stream.pump(consumer.durable, now: now)
            return done.count
        }
    }

    /// Like XACK, an acknowledgement counts whoever holds the message: the work is done.
    private func finish() throws -> Bool {
        try change(whoever: true) { stream, _ in
            stream.consumers[consumer.durable]?.forget(id)
            stream.remove(id)
        }
    }

    func negativelyAcknowledge(delay: Duration) async throws -> Bool {
        try change { stream, now in
            stream.consumers[consumer.durable]?.giveBack(id, due: now + delay.wholeMilliseconds)
        }
    }

    func terminate(reason: String) async throws -> Bool {
        try change { stream, now in
            stream.bury(id, of: consumer.durable, deliveries: deliveries, reason: reason, now: now)
            stream.consumers[consumer.durable]?.forget(id)
            stream.remove(id)
        }
    }

    func renew() async throws -> Bool {
        try change { stream, now in stream.consumers[consumer.durable]?.renew(id, now: now) }
    }

    private func change(whoever: Bool = false, _ body: (inout MemoryStream, UInt64) -> Void) throws -> Bool {
        try bus.withStream(consumer.stream) { stream, now in
            guard let known = stream.consumers[consumer.durable] else { return false }
            let may =
                whoever ? known.pending[id] != nil : known.holds(id, member, deliveries: deliveries)
            guard may else { return false }
            body(&stream, now)
            stream.pump(consumer.durable, now: now)
            return true
        }
    }
}
