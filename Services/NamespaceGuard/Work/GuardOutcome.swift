import MessageBus

/// How the work on a command ended.
enum GuardOutcome: Sendable, Equatable, CustomStringConvertible {
    /// The command is fulfilled, or can never be; the fact about it is published.
    case done
    /// Not yet; look again after this time, or after the consumer's backoff.
    case later(after: Duration?)

    var description: String {
        switch self {
        case .done: "done"
        case .later(let delay): delay.map { "later, in \($0)" } ?? "later"
        }
    }

    var disposition: Disposition {
        switch self {
        case .done: .ack
        case .later(let delay): .nak(after: delay)
        }
    }
}
