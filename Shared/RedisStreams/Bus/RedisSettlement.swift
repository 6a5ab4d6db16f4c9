import MessageBus

/// Settles one delivery of a durable consumer.
struct RedisSettlement: DeliverySettlement {
    let consumer: DurableConsumer
    let id: StreamID
    let deliveries: Int

    /// Accepted whoever holds the message meanwhile: the work is done.
    func acknowledge() async throws -> Bool {
        try await answer { done in
            consumer.settle(.init(id: id, deliveries: deliveries, kind: .done, completion: done))
        }
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

    private func answer(_ begin: (@escaping @Sendable (Result<Bool, RedisError>) -> Void) -> Void) async throws -> Bool
    {
        try await withCheckedThrowingContinuation { continuation in
            begin { result in continuation.resume(with: result.mapError { BusError($0) as any Error }) }
        }
    }
}
