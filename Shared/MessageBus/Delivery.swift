/// What settles a delivery at the bus that made it.
package protocol DeliverySettlement: Sendable {
    /// Takes note that the message is done; it leaves the consumer's pending ones soon, together with others.
    func acknowledge()
    /// Removes the message from the consumer's pending ones; false when it was not pending any more.
    func acknowledgeAndWait() async throws -> Bool
    /// Removes this message and every earlier pending one of the consumer, whoever holds them; how many they were.
    func acknowledgeAll() async throws -> Int
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

    /// Done. Returns at once; acknowledgements travel in batches.
    ///
    /// One that does not arrive, because the server is away for long, lets the message come again: what must not be done
    /// twice waits with `ackSync()`.
    package func ack() { settlement.acknowledge() }

    /// Done, and the server knows it; false when it was settled before, which is harmless. May be repeated.
    @discardableResult
    package func ackSync() async throws -> Bool { try await settlement.acknowledgeAndWait() }

    /// This one and all before it are done: those of the consumer that are pending, in whichever worker's hands. How
    /// many they were.
    @discardableResult
    package func ackAll() async throws -> Int { try await settlement.acknowledgeAll() }

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
