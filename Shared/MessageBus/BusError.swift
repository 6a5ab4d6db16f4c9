/// What the bus could not do, with a code to decide by.
package struct BusError: Error, Sendable, CustomStringConvertible {
    /// Why; the caller decides by this and never by the text.
    package enum Code: Sendable, Equatable {
        /// A subject or filter is malformed.
        case invalidSubject
        /// A header name or value is malformed.
        case invalidHeader
        /// A body is larger than the bus carries.
        case messageTooLarge
        /// Nobody answers requests of this subject (NATS status 503). Known at once, not after the timeout.
        case noResponders
        /// The deadline passed before an answer came.
        case timeout
        /// Redis cannot be reached now. Retryable.
        case unavailable
        /// The stream's last id is not the expected one.
        case wrongLastSequence(StreamID)
        /// A key or the name of a bucket is malformed.
        case invalidKey
        /// A key to be created has a value already, of this revision.
        case keyExists(StreamID)
        /// A key's last revision is this, and not the expected one.
        case wrongRevision(StreamID)
        /// A stream or consumer is unknown or differs from what was declared.
        case unknownStream
        /// There is no message with this id.
        case messageNotFound
        /// The bus is draining or closed.
        case closed
        /// Redis refuses what we ask for in principle: rights, configuration, a key of another type. Not retryable.
        case refused
        /// Anything else the server said.
        case server
    }

    /// Why.
    package let code: Code
    /// A sentence for the log; holds no message body.
    package let message: String
    /// What lies under it.
    package let cause: (any Error)?

    /// Makes an error; `message` must hold no body and no secret.
    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether trying the same again later can succeed.
    package var isRetryable: Bool {
        switch code {
        case .timeout, .unavailable, .noResponders, .server: true
        default: false
        }
    }

    package var description: String { "\(code): \(message)" }
}
