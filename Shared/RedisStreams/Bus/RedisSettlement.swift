import MessageBus

/// Settles one delivery of a durable consumer.
struct RedisSettlement: DeliverySettlement {
    let consumer: DurableConsumer
    let id: StreamID
    let deliveries: Int

    func acknowledge() { consumer.settle(id, deliveries: deliveries, .done) }

    /// Accepted whoever holds the message meanwhile: the work is done.
    func acknowledgeAndWait() async throws -> Bool {
        try await answer { consumer.settle(id, deliveries: deliveries, .done, completion: $0) }
    }

    func acknowledgeAll() async throws -> Int {
        try await answer { consumer.settleAll(through: id, $0) }
    }

    func negativelyAcknowledge(delay: Duration) async throws -> Bool {
        try await answer { consumer.negativelyAcknowledge(id, deliveries: deliveries, delay: delay, $0) }
    }

    func terminate(reason: String) async throws -> Bool {
        try await answer { consumer.terminate(id, deliveries: deliveries, reason: reason, $0) }
    }

    func renew() async throws -> Bool {
        try await answer { consumer.renew(id, deliveries: deliveries, $0) }
    }

    private func answer<Answer: Sendable>(
        _ begin: (@escaping @Sendable (Result<Answer, RedisError>) -> Void) -> Void
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            begin { result in continuation.resume(with: result.mapError { BusError($0) as any Error }) }
        }
    }
}
