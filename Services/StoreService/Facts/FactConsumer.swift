import Logging
import MessageBus
import PostgresClient
import ServiceLifecycle
import ServiceRuntime
import StoreContracts

/// Takes the facts that provisioner and namespace-guard published, and applies them.
///
/// One at a time, so that a store's timeline keeps the stream's order. Facts wait while the database is away; only one
/// that cannot be read is given up.
struct FactConsumer: Service {
    let bus: any MessageBus
    let application: FactApplication
    let logger: Logger

    private static let backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(2))

    static let configuration = ConsumerConfiguration(
        stream: Streams.stores.name,
        durable: "store-service",
        filters: StoreFact.Kind.allCases.map { Subjects.facts($0) },
        backoff: [.milliseconds(200), .seconds(1), .seconds(2), .seconds(5)]
    )

    func run() async throws {
        try await ConsumerRunner(
            bus: bus,
            stream: Streams.stores,
            consumer: Self.configuration,
            concurrency: 1,
            logger: logger
        ) { delivery in
            try await handle(delivery)
        }.run()
    }

    func handle(_ delivery: Delivery) async throws -> Disposition {
        let fact: StoreFact
        do {
            fact = try Contract.body(StoreFact.self, of: delivery.message)
        } catch let fault as ServiceFault {
            logger.error(
                "Fact cannot be read",
                metadata: ["bus.subject": "\(delivery.message.subject)", "bus.id": "\(delivery.id)"]
            )
            return .term(reason: fault.message)
        }
        let id = delivery.message.headers[MessageHeaders.Name.messageID] ?? "stream/\(delivery.id)"
        let result = try await applyWhenReachable(fact, messageID: id)
        logger.debug(
            "Fact handled",
            metadata: ["store.id": "\(fact.storeID)", "fact.kind": "\(fact.kind.rawValue)", "result": "\(result)"]
        )
        return .ack
    }

    /// Waits here, holding the message, rather than giving it back: otherwise later facts would overtake it.
    private func applyWhenReachable(_ fact: StoreFact, messageID: String) async throws -> FactResult {
        var failures = 0
        while true {
            do {
                return try await application.apply(fact, messageID: messageID)
            } catch let error as PostgresError where error.isUnavailable {
                failures += 1
                logger.debug(
                    "Fact waits for PostgreSQL",
                    metadata: ["store.id": "\(fact.storeID)", "error": "\(error)"]
                )
                try await Task.sleep(for: Self.backoff.delay(attempt: failures, random: .random(in: 0..<1)))
            }
        }
    }
}
