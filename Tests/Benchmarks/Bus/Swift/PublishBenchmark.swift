import MessageBus

/// Durable publishing.
struct PublishBenchmark {
    let bus: any MessageBus
    let body: [UInt8]
    /// Whether the stream drops duplicates.
    var remembers = false

    private static let batch = 256
    private static let batchesInFlight = 4

    private var stream: StreamConfiguration {
        get throws {
            StreamConfiguration(
                name: remembers ? "BENCH-DEDUP" : "BENCH",
                subjects: try SubjectFilter("bench.log"),
                retention: .limits(maximumMessages: 10_000_000),
                duplicateWindow: remembers ? .seconds(120) : .zero
            )
        }
    }

    /// Waits for each acknowledgement before the next message.
    func oneByOne(for length: Duration) async throws -> Figures {
        let stream = try self.stream
        try await bus.ensureStream(stream)
        let message = BusMessage(subject: try Subject("bench.log"), body: body)
        let clock = ContinuousClock()
        let began = clock.now
        var latencies: [Duration] = []
        var before = began
        while before - began < length {
            _ = try await bus.append(message, to: stream.name)
            let now = clock.now
            latencies.append(now - before)
            before = now
        }
        return Figures(count: latencies.count, took: before - began, latencies: latencies)
    }

    /// Keeps 1,024 messages unacknowledged.
    func pipelined(for length: Duration, atMost limit: Int = .max) async throws -> Figures {
        let stream = try self.stream
        try await bus.ensureStream(stream)
        let message = BusMessage(subject: try Subject("bench.log"), body: body)
        let clock = ContinuousClock()
        let began = clock.now
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.batchesInFlight {
                group.addTask { [bus] in
                    let batch = Array(repeating: message, count: Self.batch)
                    var count = 0
                    while count < limit / Self.batchesInFlight, clock.now - began < length {
                        _ = try await bus.append(batch, to: stream.name)
                        count += batch.count
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return Figures(count: count, took: clock.now - began)
    }
}
