/// A durable consumer: a named place in a stream that any number of instances work from together.
package struct ConsumerConfiguration: Hashable, Sendable {
    /// Where a consumer that did not exist yet begins.
    package enum DeliverPolicy: Hashable, Sendable {
        /// With the oldest message.
        case all
        /// With what comes after its creation.
        case new
        /// After this message.
        case after(StreamID)
    }

    /// The stream's name.
    package let stream: String
    /// The consumer's name; the same for all instances.
    package let durable: String
    /// Messages that pass none of these are acknowledged unseen; empty: all pass.
    package let filters: [SubjectFilter]
    /// Where a new consumer begins.
    package let deliverPolicy: DeliverPolicy
    /// How long a delivery may stay silent before it is delivered again.
    package let acknowledgeWait: Duration
    /// The delay after a `nak()` without one, by delivery count; the last repeats. Empty: at once.
    package let backoff: [Duration]
    /// Deliveries until a message becomes a dead letter; 0: for ever.
    package let maximumDeliveries: Int
    /// How many unsettled deliveries one instance holds.
    package let maximumInFlight: Int

    /// Describes a consumer; the defaults are JetStream's where it has them.
    package init(
        stream: String,
        durable: String,
        filters: [SubjectFilter] = [],
        deliverPolicy: DeliverPolicy = .all,
        acknowledgeWait: Duration = .seconds(30),
        backoff: [Duration] = [],
        maximumDeliveries: Int = 0,
        maximumInFlight: Int = 64
    ) {
        self.stream = stream
        self.durable = durable
        self.filters = filters
        self.deliverPolicy = deliverPolicy
        self.acknowledgeWait = acknowledgeWait
        self.backoff = backoff
        self.maximumDeliveries = maximumDeliveries
        self.maximumInFlight = maximumInFlight
    }

    /// The same consumer, with another number of unsettled deliveries per instance.
    package func holding(_ maximumInFlight: Int) -> ConsumerConfiguration {
        ConsumerConfiguration(
            stream: stream,
            durable: durable,
            filters: filters,
            deliverPolicy: deliverPolicy,
            acknowledgeWait: acknowledgeWait,
            backoff: backoff,
            maximumDeliveries: maximumDeliveries,
            maximumInFlight: maximumInFlight
        )
    }

    /// Whether a message is for this consumer.
    package func wants(_ subject: Subject) -> Bool {
        filters.isEmpty || filters.contains { $0.matches(subject) }
    }

    /// The wait before the next delivery, after `deliveries` of them ended in a plain `nak()`.
    package func backoffDelay(deliveries: Int) -> Duration {
        guard let last = backoff.last else { return .zero }
        return deliveries >= 1 && deliveries <= backoff.count ? backoff[deliveries - 1] : last
    }
}
