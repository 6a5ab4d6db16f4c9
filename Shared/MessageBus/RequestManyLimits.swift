/// When a request with many answers has had enough of them (NATS ADR-47). The limit that is reached first ends it.
package struct RequestManyLimits: Hashable, Sendable {
    /// How long the whole may take.
    package let timeout: Duration
    /// How long a pause between two answers may be; nil: as long as it likes. Does not count before the first answer.
    package let stall: Duration?
    /// After how many answers it is over; nil: no matter how many.
    package let maximumReplies: Int?
    /// Whether an answer with an empty body says that there are no more; it is not handed on itself.
    package let endsAtEmptyBody: Bool

    /// All limits together; only the timeout is a must.
    package init(
        timeout: Duration,
        stall: Duration? = nil,
        maximumReplies: Int? = nil,
        endsAtEmptyBody: Bool = false
    ) {
        self.timeout = timeout
        self.stall = stall
        self.maximumReplies = maximumReplies
        self.endsAtEmptyBody = endsAtEmptyBody
    }
}

/// The answers to one request as they come in: decides what each of them means. Pure; for implementations of the bus.
package struct ReplyCollection: Sendable {
    /// What an answer means.
    package enum Verdict: Hashable, Sendable {
        /// Hand it on; more may come until the pause is too long.
        case take
        /// Hand it on; it was the last.
        case takeLast
        /// It is the sentinel: over.
        case end
        /// It says that nobody answers, and nobody has.
        case noResponders
        /// It says nothing.
        case ignore
    }

    /// What was asked for.
    package let limits: RequestManyLimits
    private var count = 0

    /// None yet.
    package init(_ limits: RequestManyLimits) { self.limits = limits }

    /// Judges the next answer.
    package mutating func judge(_ answer: BusMessage) -> Verdict {
        if answer.headers.status?.code == 503 { return count == 0 ? .noResponders : .ignore }
        if limits.endsAtEmptyBody, answer.body.isEmpty { return .end }
        count += 1
        if let maximum = limits.maximumReplies, count >= maximum { return .takeLast }
        return .take
    }
}
