/// What settles a delivery at the bus that made it.
package protocol DeliverySettlement: Sendable {
    /// Removes the message from the consumer's pending ones; false when it was not pending any more.
    func acknowledge() async throws -> Bool
    /// Gives it back, to be delivered again after `delay`; false when this instance does not hold it any more.
    func negativelyAcknowledge(delay: Duration) async throws -> Bool
    /// Makes it a dead letter at once; false when this instance does not hold it any more.
    func terminate(reason: String) async throws -> Bool
    /// Restarts the acknowledge wait; false when this instance does not hold it any more.
    func renew() async throws -> Bool
}

/// One message in one worker's hands: at least once, until it is settled.
///
/// All verbs are idempotent, and none steals the message back from a worker that took it over meanwhile.
package struct Delivery: Sendable {
    /// The message.
    package let message: BusMessage
    /// Its place in the stream.
    package let id: StreamID
    /// How often it has been delivered, this time included.
    package let deliveries: Int
    private let backoff: Duration
    private let settlement: any DeliverySettlement

    /// For implementations of the bus.
    package init(
        _ stored: StoredMessage,
        deliveries: Int,
        consumer: ConsumerConfiguration,
        settlement: any DeliverySettlement
    ) {
        message = stored.message
        id = stored.id
        self.deliveries = deliveries
        backoff = consumer.backoffDelay(deliveries: deliveries)
        self.settlement = settlement
    }

    /// Done; false when it was settled or taken over before, which is harmless.
    @discardableResult
    package func ack() async throws -> Bool { try await settlement.acknowledge() }

    /// Not done; again after `delay`, or after the consumer's backoff.
    @discardableResult
    package func nak(delay: Duration? = nil) async throws -> Bool {
        try await settlement.negativelyAcknowledge(delay: delay ?? backoff)
    }

    /// Never again: a dead letter with this reason.
    @discardableResult
    package func term(reason: String) async throws -> Bool { try await settlement.terminate(reason: reason) }

    /// Still at it; false when another worker has it now, and this one must stop.
    package func inProgress() async throws -> Bool { try await settlement.renew() }
}
