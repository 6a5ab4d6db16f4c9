/// Something about the bus itself that is worth a look, beside the log and the counters.
package enum BusEvent: Hashable, Sendable {
    /// A consumer's group was gone and was made anew. What was stored or settled meanwhile may be lost or come again.
    case groupRecreated(stream: String, consumer: String, possibleLoss: Bool)
    /// A follower missed messages.
    case gap(stream: String, StreamGap)
    /// Messages became dead letters.
    case deadLetters(stream: String, consumer: String, count: Int)
    /// A subscriber of a core subject did not take its messages, and this one was dropped for it.
    case slowSubscriber(subject: Subject)
}
