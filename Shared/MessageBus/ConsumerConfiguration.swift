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
        /// With the first message stored at this time or later: milliseconds since 1970 by the server's clock.
        case from(UInt64)
        /// With the last message that passes the filters.
        case last
        /// With the last message of each subject that passes the filters, in the stream's order, then with what comes
        /// after the creation. Creating it reads the whole stream once, a thousand messages at a time; it is refused
        /// where the subjects are more than 10,000.
        case lastPerSubject
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
    /// The wait before the next delivery, by delivery count; the last repeats. A `nak()` without a delay waits this
    /// long (empty: not at all), a delivery that stayed silent as long as the longer of this and `acknowledgeWait`.
    package let backoff: [Duration]
    /// Deliveries until a message becomes a dead letter; 0: for ever.
    package let maximumDeliveries: Int
    /// How many unsettled deliveries one instance holds.
    package let maximumInFlight: Int
    /// How many unsettled deliveries all instances hold together; nil: any number.
    ///
    /// At the limit nothing new is delivered; what must be delivered again is, and what waits after a `nak` with a
    /// delay does not count. JetStream's default is 1,000. Here it is none, because a common limit costs a script and a
    /// round trip for each batch where a blocked read needs neither; `maximumInFlight` bounds what each instance holds.
    package let maximumAcknowledgePending: Int?

    /// Describes a consumer; the defaults are JetStream's where it has them.
    package init(
        stream: String,
        durable: String,
        filters: [SubjectFilter] = [],
        deliverPolicy: DeliverPolicy = .all,
        acknowledgeWait: Duration = .seconds(30),
        backoff: [Duration] = [],
        maximumDeliveries: Int = 0,
        maximumInFlight: Int = 64,
        maximumAcknowledgePending: Int? = nil
    ) {
        self.stream = stream
        self.durable = durable
        self.filters = filters
        self.deliverPolicy = deliverPolicy
        self.acknowledgeWait = acknowledgeWait
        self.backoff = backoff
        self.maximumDeliveries = maximumDeliveries
        self.maximumInFlight = maximumInFlight
        self.maximumAcknowledgePending = maximumAcknowledgePending.flatMap { $0 > 0 ? $0 : nil }
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
            maximumInFlight: maximumInFlight,
            maximumAcknowledgePending: maximumAcknowledgePending
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

    /// How long a delivery may stay silent before the next, by its count: never shorter than either setting.
    package func silence(deliveries: Int) -> Duration { max(acknowledgeWait, backoffDelay(deliveries: deliveries)) }
}
