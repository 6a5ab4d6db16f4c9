import MessageBus

/// Consuming what lies in a stream, with acknowledgement.
struct ConsumeBenchmark {
    let bus: any MessageBus
    let body: [UInt8]

    private static let perSecond = 200_000
    private static let atMost = 600_000

    func run(for length: Duration) async throws -> Figures {
        let laidOut = try await PublishBenchmark(bus: bus, body: body)
            .pipelined(for: .seconds(60), atMost: min(Self.atMost, Int(length / .seconds(1)) * Self.perSecond))
        let consumer = ConsumerConfiguration(stream: "BENCH", durable: "worker", maximumInFlight: 1024)
        let clock = ContinuousClock()
        let began = clock.now
        let deliveries = try await bus.consume(consumer)
        var count = 0
        var last: Delivery?
        for try await delivery in deliveries {
            count += 1
            last = delivery
            if count == laidOut.count || clock.now - began >= length { break }
            delivery.ack()
        }
        // The clock stops when the server has counted the acknowledgements.
        _ = try await last?.ackSync()
        return Figures(count: count, took: clock.now - began)
    }
}
