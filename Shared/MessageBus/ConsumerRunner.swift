package import Logging
import ServiceLifecycle

/// How a handler's work on a delivery ended.
package enum Disposition: Sendable, Equatable {
    /// Done.
    case ack
    /// Again, after this or the consumer's backoff.
    case nak(after: Duration?)
    /// Never again: a dead letter. The reason's first line is the reason, what follows it the error that led to it.
    case term(reason: String)
}

/// Works through a durable consumer: takes deliveries, runs the handler, settles them.
///
/// While a handler runs its hold is renewed every third of the acknowledge wait; when another worker has taken the
/// message over, the handler is cancelled and nothing is settled. A handler that throws is a plain `nak()`; where it was
/// the last delivery allowed, the message becomes a dead letter at once, with the error's text. On graceful shutdown no
/// more is taken; handlers are cancelled and what they leave is given back at once.
package struct ConsumerRunner: Service {
    /// Works on one delivery.
    package typealias Handler = @Sendable (Delivery) async throws -> Disposition

    /// What one of the two that attend to a delivery ended with.
    private enum Ending: Sendable {
        case handled(Disposition)
        /// Another worker has the message.
        case lost
        /// Nobody renews the hold any more, because the work is to end.
        case released
    }

    private let bus: any MessageBus
    private let stream: StreamConfiguration
    private let consumer: ConsumerConfiguration
    private let logger: Logger
    private let handler: Handler

    /// `concurrency` deliveries at a time; 1 keeps the stream's order as long as nothing is redelivered.
    package init(
        bus: any MessageBus,
        stream: StreamConfiguration,
        consumer: ConsumerConfiguration,
        concurrency: Int,
        logger: Logger,
        handler: @escaping Handler
    ) {
        self.bus = bus
        self.stream = stream
        self.consumer = consumer.holding(concurrency)
        self.logger = logger
        self.handler = handler
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var attempt = 0
            while !Task.isCancelled {
                do {
                    try await bus.ensureStream(stream)
                    let deliveries = try await bus.consume(consumer)
                    attempt = 0
                    try await work(through: deliveries)
                } catch is CancellationError {
                    return
                } catch {
                    attempt += 1
                    logger.warning("Consumer interrupted", metadata: metadata(["error": "\(error)"]))
                    let pause = Duration.milliseconds(min(5_000, 100 << min(attempt, 6)))
                    do { try await Task.sleep(for: pause) } catch { return }
                }
            }
        }
    }

    private func work(through deliveries: BusSequence<Delivery>) async throws {
        defer { deliveries.cancel() }
        try await withThrowingDiscardingTaskGroup { group in
            // The bus holds back what would exceed `maximumInFlight`, so every delivery has its worker at once.
            for try await delivery in deliveries {
                group.addTask { await handle(delivery) }
            }
        }
    }

    private func handle(_ delivery: Delivery) async {
        let outcome = await withTaskGroup(of: Ending.self) { group in
            group.addTask { .handled(await disposition(of: delivery)) }
            group.addTask { await keepHolding(delivery) }
            // The hold is kept until the handler has ended; one that is only not renewed any more decides nothing.
            while let ending = await group.next() {
                switch ending {
                case .released: continue
                case .lost:
                    group.cancelAll()
                    return Disposition?.none
                case .handled(let disposition):
                    group.cancelAll()
                    return disposition
                }
            }
            return nil
        }
        guard let outcome else {
            logger.warning("Hold on a message lost", metadata: metadata(of: delivery, [:]))
            return
        }
        do {
            // In a task of its own, awaited here: a cancelled worker must still be able to settle.
            try await Task {
                _ =
                    switch outcome {
                    case .ack: try await delivery.ackSync()
                    case .nak(let delay): try await delivery.nak(delay: delay)
                    case .term(let reason): try await delivery.term(reason: reason)
                    }
            }.value
        } catch {
            // The message stays pending and comes again after the acknowledge wait.
            logger.warning("Delivery not settled", metadata: metadata(of: delivery, ["error": "\(error)"]))
        }
    }

    private func disposition(of delivery: Delivery) async -> Disposition {
        do {
            return try await handler(delivery)
        } catch is CancellationError {
            return .nak(after: .zero)
        } catch {
            logger.warning("Handler failed", metadata: metadata(of: delivery, ["error": "\(error)"]))
            let isLast = consumer.maximumDeliveries > 0 && delivery.deliveries >= consumer.maximumDeliveries
            return isLast ? .term(reason: "max-deliver\n\("\(error)".prefix(500))") : .nak(after: nil)
        }
    }

    /// Ends when the hold is lost; otherwise only by cancellation.
    private func keepHolding(_ delivery: Delivery) async -> Ending {
        while true {
            do {
                try await Task.sleep(for: consumer.acknowledgeWait / 3)
                guard try await delivery.inProgress() else { return .lost }
            } catch is CancellationError {
                return .released
            } catch {
                // The bus is away: nobody else can take the message either; try again.
                logger.debug("Hold not renewed", metadata: metadata(of: delivery, ["error": "\(error)"]))
            }
        }
    }

    private func metadata(_ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(["bus.stream": "\(consumer.stream)", "bus.consumer": "\(consumer.durable)"]) { first, _ in first }
    }

    private func metadata(of delivery: Delivery, _ more: Logger.Metadata) -> Logger.Metadata {
        metadata(more).merging([
            "bus.subject": "\(delivery.message.subject)", "bus.id": "\(delivery.id)",
            "bus.deliveries": "\(delivery.deliveries)",
        ]) { first, _ in first }
    }
}
