/// One message: four parts, the same on both planes.
package struct BusMessage: Hashable, Sendable {
    /// Where it goes.
    package var subject: Subject
    /// Where an answer is expected, if one is.
    package var reply: Subject?
    /// What is said about it.
    package var headers: MessageHeaders
    /// What it says; any bytes, at most `maximumBodySize`.
    package var body: [UInt8]

    /// The largest body the bus carries, in bytes (NATS' own default).
    package static let maximumBodySize = 1 << 20

    /// Makes a message.
    package init(
        subject: Subject,
        reply: Subject? = nil,
        headers: MessageHeaders = MessageHeaders(),
        body: [UInt8] = []
    ) {
        self.subject = subject
        self.reply = reply
        self.headers = headers
        self.body = body
    }

    /// Throws `BusError.Code.messageTooLarge` where the body or the headers are larger than the bus carries.
    package func checkSize() throws {
        guard body.count <= Self.maximumBodySize else {
            throw BusError(.messageTooLarge, "a body has at most \(Self.maximumBodySize) bytes")
        }
        guard headers.blockSize <= MessageHeaders.maximumBlockSize else {
            throw BusError(.messageTooLarge, "headers have at most \(MessageHeaders.maximumBlockSize) bytes")
        }
    }
}

/// A message as it lies in a stream.
package struct StoredMessage: Hashable, Sendable {
    /// Its place in the stream.
    package let id: StreamID
    /// The message.
    package let message: BusMessage
    /// What a follower missed directly before this message; nil: nothing.
    package let gap: StreamGap?

    /// Puts them together.
    package init(id: StreamID, message: BusMessage, gap: StreamGap? = nil) {
        self.id = id
        self.message = message
        self.gap = gap
    }
}
