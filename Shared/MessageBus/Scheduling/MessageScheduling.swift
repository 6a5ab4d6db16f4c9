/// A bus that keeps messages for later (NATS ADR-51, `@at`).
package protocol MessageScheduling: Sendable {
    /// Has a message appended to a stream at a time of the server's clock, in milliseconds since 1970.
    ///
    /// Durable when it returns: any process of the cell appends it when it is due, once, also if the one that asked for
    /// it is gone; what was due while nobody was there is appended when somebody is. `id` (1 to 200 printable ASCII
    /// characters without a space) names it in the whole cell and becomes the message's `Nats-Msg-Id`. The same id again
    /// replaces what waits; false where it was appended within the stream's duplicate window, so that a repeated call
    /// changes nothing. Throws as `append` does for a stream that is unknown or does not take the subject.
    @discardableResult
    func schedule(_ message: BusMessage, to stream: String, at time: UInt64, id: String) async throws -> Bool

    /// Takes back what waits under an id; false when nothing does.
    @discardableResult
    func cancelSchedule(_ id: String) async throws -> Bool

    /// What waits, the next first.
    func scheduled(limit: Int) async throws -> [ScheduledMessage]
}

/// A message that waits for its time.
package struct ScheduledMessage: Hashable, Sendable {
    /// How it is called.
    package let id: String
    /// The stream it will be in.
    package let stream: String
    /// When, in milliseconds of the server's clock; later than asked for where it could not be appended.
    package let due: UInt64
    /// How often appending it failed.
    package let attempts: Int

    /// For implementations of the bus.
    package init(id: String, stream: String, due: UInt64, attempts: Int) {
        self.id = id
        self.stream = stream
        self.due = due
        self.attempts = attempts
    }
}

/// The rules of schedules, the same for all implementations of the bus.
package enum Scheduling {
    /// After how many failures a message becomes a dead letter of its stream.
    package static let maximumAttempts = 5

    /// The message as it will be appended. Throws `BusError.Code.invalidKey` for an id that cannot be.
    package static func prepare(_ message: BusMessage, id: String) throws -> BusMessage {
        guard !id.isEmpty, id.utf8.count <= 200, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw BusError(.invalidKey, "the id of a schedule has 1 to 200 printable characters")
        }
        var message = message
        try message.headers.set(MessageHeaders.Name.messageID, id)
        return message
    }
}
