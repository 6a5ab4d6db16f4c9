extension MessageHeaders {
    /// The reserved names. `Nats-` ones mean what they mean in NATS, `Nrs-` ones are this protocol's own.
    package enum Name {
        /// A publisher's id for a message: the same id within the window is stored once.
        package static let messageID = "Nats-Msg-Id"
        /// The stream's last id as the publisher knows it.
        package static let expectedLastSequence = "Nats-Expected-Last-Sequence"
        /// An answer is an error: what it says.
        package static let serviceError = "Nats-Service-Error"
        /// An answer is an error: its code.
        package static let serviceErrorCode = "Nats-Service-Error-Code"
        /// What happened to a key, on a change in a bucket's log that is no put.
        package static let keyValueOperation = "KV-Operation"
        /// Milliseconds of the server's clock after which a request must be dropped.
        package static let deadline = "Nrs-Deadline"
        /// Who sent it: `<service>/<instance>`.
        package static let from = "Nrs-From"
        /// Why a message became a dead letter, on the dead letter.
        package static let deadReason = "Nrs-Dlq-Reason"
        /// The stream a dead letter comes from.
        package static let deadStream = "Nrs-Dlq-Stream"
        /// The place in that stream.
        package static let deadSequence = "Nrs-Dlq-Seq"
        /// The consumer that gave up.
        package static let deadConsumer = "Nrs-Dlq-Consumer"
        /// How often it was tried.
        package static let deadDeliveries = "Nrs-Dlq-Deliveries"
        /// What the last try said, where the worker told.
        package static let deadError = "Nrs-Dlq-Error"
        /// When the message was stored first: milliseconds of the server's clock.
        package static let deadFirstSeen = "Nrs-Dlq-First-Seen"
        /// When it became a dead letter: milliseconds of the server's clock.
        package static let deadTime = "Nrs-Dlq-Time"
        /// The subject of what could not be read, as it stood there.
        package static let deadSubject = "Nrs-Dlq-Subject"
        /// How many bytes the body of what could not be read had, where only its beginning was kept.
        package static let deadSize = "Nrs-Dlq-Size"
        /// What all headers about a dead letter begin with.
        static let deadPrefix = "Nrs-Dlq-"
        /// How often a message was put back from the dead letters.
        package static let redrive = "Nrs-Redrive"
        /// The message id a redriven message had; it means nothing to the duplicate window.
        package static let formerMessageID = "Nrs-Msg-Id"
        /// The media type of the body.
        package static let contentType = "Content-Type"
        /// The version of the body's schema.
        package static let schemaVersion = "Schema-Version"
        /// W3C trace context.
        package static let traceParent = "traceparent"
        /// The id of the HTTP request that began it.
        package static let requestID = "Request-Id"
        /// The region a message belongs to.
        package static let region = "Region"
        /// The store a message speaks of.
        package static let storeID = "Store-Id"
        /// The store's generation as the sender knew it.
        package static let generation = "Generation"
    }
}
