/// A durable consumer as it is now.
package struct ConsumerInfo: Hashable, Sendable {
    /// One instance that works for the consumer.
    package struct Member: Hashable, Sendable {
        /// The instance, or the instance and a number where it has several members.
        package let name: String
        /// What it was given and has not settled.
        package let pending: Int
        /// Whether its process says that it lives.
        package let isLive: Bool

        /// For implementations of the bus.
        package init(name: String, pending: Int, isLive: Bool) {
            self.name = name
            self.pending = pending
            self.isLive = isLive
        }
    }

    /// The stream's name.
    package let stream: String
    /// The consumer's name.
    package let name: String
    /// What it was made with, by the last member that came; nil when nobody told.
    package let configuration: ConsumerConfiguration?
    /// Delivered and not settled, what waits included.
    package let pending: Int
    /// Given back with a delay that is not over.
    package let waiting: Int
    /// Pending messages delivered more than once, counted among the oldest 1,000.
    package let redelivered: Int
    /// Messages not delivered yet, those its filters will pass over included; nil: not known.
    package let lag: Int?
    /// The last message that was delivered for the first time.
    package let lastDelivered: StreamID
    /// Everything up to here is settled. Need not be the place of a message.
    package let acknowledgeFloor: StreamID
    /// Who works for it, by name.
    package let members: [Member]

    /// For implementations of the bus.
    package init(
        stream: String,
        name: String,
        configuration: ConsumerConfiguration?,
        pending: Int,
        waiting: Int,
        redelivered: Int,
        lag: Int?,
        lastDelivered: StreamID,
        acknowledgeFloor: StreamID,
        members: [Member]
    ) {
        self.stream = stream
        self.name = name
        self.configuration = configuration
        self.pending = pending
        self.waiting = waiting
        self.redelivered = redelivered
        self.lag = lag
        self.lastDelivered = lastDelivered
        self.acknowledgeFloor = acknowledgeFloor
        self.members = members
    }
}
