/// What an operator sees and mends: streams, consumers, dead letters, and what the bus noticed on the way.
///
/// Reading costs the server little and changes nothing. All calls are safe from any task and fail as those of
/// `MessageBus` do; those about a stream nobody declared fail with `unknownStream`.
package protocol BusAdministration: MessageBus {
    /// All declared streams, by name.
    func streams() async throws -> [StreamInfo]

    /// One stream.
    func stream(_ name: String) async throws -> StreamInfo

    /// The durable consumers of a stream, by name.
    func consumers(of stream: String) async throws -> [ConsumerInfo]

    /// Removes a consumer with all it knows; false where there is none. A live member makes it anew and begins where it
    /// was. In a stream of interest nobody waits for this consumer any more.
    func deleteConsumer(_ name: String, of stream: String) async throws -> Bool

    /// The dead letters of a stream after an id (`.zero`: from the oldest), oldest first, at most `limit` of them.
    ///
    /// The ids are the dead letters' own; where the message came from and why it died is in its `Nrs-Dlq-` headers.
    func deadLetters(of stream: String, after id: StreamID, limit: Int) async throws -> [StoredMessage]

    /// Puts a dead letter back into its stream, as it was, and removes it from the dead letters: one step.
    ///
    /// The history goes, `Nrs-Redrive` counts how often this was done, and `Nats-Msg-Id` becomes `Nrs-Msg-Id`, so that
    /// no duplicate window swallows it. All consumers of the stream get it, also those that had settled it. Throws
    /// `messageNotFound` where there is no such dead letter (a second redrive, above all) and `refused` where it is but
    /// the mark of a message that was trimmed or could not be read.
    func redrive(_ id: StreamID, of stream: String) async throws -> AppendReceipt

    /// What the bus notices from now on; each call has a sequence of its own. The newest 256 wait for their reader.
    func events() -> AsyncStream<BusEvent>
}
