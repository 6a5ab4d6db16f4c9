import Logging
import MessageBus
import StoreContracts

/// Takes what happened to stores from `STORES` and hands it to the metrics.
struct StoreNoticeReader: Sendable {
    let metrics: CollectedMetrics
    let logger: Logger

    /// One place in the stream for all collectors together. A new one begins with what comes: old provisions are no news.
    static let consumer = ConsumerConfiguration(
        stream: Streams.stores.name,
        durable: "metrics-collector",
        deliverPolicy: .new,
        maximumDeliveries: 5
    )

    func handle(_ delivery: Delivery) -> Disposition {
        let message = delivery.message
        let tokens = message.subject.tokens
        // `stores.auth.changed` is no word about a store, and what workers observed comes as a notice once it counts.
        guard tokens.count == 3, tokens[1] != "auth", StoreNotice.Kind(rawValue: String(tokens[2])) != nil else {
            return .ack
        }
        do {
            metrics.note(try Contract.body(StoreNotice.self, of: message))
        } catch {
            // It will not become readable: counting goes on without it.
            logger.warning(
                "Message not understood",
                metadata: ["bus.subject": "\(message.subject)", "error": "\(error)"]
            )
        }
        return .ack
    }
}
