/// A stream as it is now.
package struct StreamInfo: Hashable, Sendable {
    /// What was declared.
    package let configuration: StreamConfiguration
    /// How many messages it holds.
    package let messages: Int
    /// How many were ever stored.
    package let appended: Int
    /// The oldest message's place; nil when it is empty.
    package let first: StreamID?
    /// The place of the last message that was stored, even if it is gone; `.zero` before the first.
    package let last: StreamID
    /// How many durable consumers it has.
    package let consumers: Int
    /// How many dead letters lie beside it.
    package let deadLetters: Int

    /// For implementations of the bus.
    package init(
        configuration: StreamConfiguration,
        messages: Int,
        appended: Int,
        first: StreamID?,
        last: StreamID,
        consumers: Int,
        deadLetters: Int
    ) {
        self.configuration = configuration
        self.messages = messages
        self.appended = appended
        self.first = first
        self.last = last
        self.consumers = consumers
        self.deadLetters = deadLetters
    }
}
