import ArgumentParser
import Glibc
import MessageBus
import RedisStreams

/// Does everything at once: requests, answers, publishes, appends, consumes, follows, renews a lease. Prints `done` when all of
/// it has come to its end.
///
/// Started on one processor, where the pool has one thread: were that thread ever blocked, nothing would go on.
struct MixedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "mixed")

    @OptionGroup var options: WorkerOptions
    @Option var count = 200
    /// Instead of all that: block the pool's threads and say how many there are.
    @Flag var blocking = false

    func run() async throws {
        _ = Leash.hold()
        if blocking { return try await block() }
        let bus = try options.makeBus()
        try await bus.ensureStream(
            StreamConfiguration(
                name: "CHAOS",
                subjects: try SubjectFilter("chaos.>"),
                retention: .limits(maximumMessages: 100_000)
            )
        )
        let requests = try await bus.subscribe(to: try SubjectFilter("echo.>"), queueGroup: "echo")
        let news = try await bus.subscribe(to: try SubjectFilter("news.>"), queueGroup: nil)
        let deliveries = try await bus.consume(ConsumerConfiguration(stream: "CHAOS", durable: "worker"))
        let followed = try await bus.follow("CHAOS", filters: [], from: .after(.zero))
        let count = self.count
        try await withThrowingTaskGroup { group in
            group.addTask {
                for try await request in requests {
                    guard let reply = request.reply else { continue }
                    try await bus.publish(BusMessage(subject: reply, body: request.body))
                }
            }
            group.addTask {
                for number in 1...count {
                    let request = BusMessage(subject: try Subject("echo.v1"), body: Array("\(number)".utf8))
                    let answer = try await bus.request(request, timeout: .seconds(20))
                    guard answer.body == request.body else { throw ExitCode(4) }
                }
                requests.cancel()
            }
            group.addTask {
                for number in 1...count {
                    try await bus.publish(BusMessage(subject: try Subject("news.n\(number)")))
                    _ = try await bus.append(BusMessage(subject: try Subject("chaos.n\(number)")), to: "CHAOS")
                }
            }
            group.addTask { try await Self.take(count, of: news) }
            group.addTask { try await Self.take(count, of: followed) }
            group.addTask { try await Self.take(count, of: deliveries) { $0.ack() } }
            group.addTask {
                for _ in 1...10 {
                    let lease = try await bus.acquireLease("mixed", timeToLive: .seconds(5))
                    if let lease { try await bus.releaseLease(lease) }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            try await group.waitForAll()
        }
        await bus.drain(within: .seconds(5))
        WorkerLine(event: "done").print()
    }

    private static func take<Element: Sendable>(
        _ count: Int,
        of sequence: BusSequence<Element>,
        _ onEach: (Element) async throws -> Void = { _ in }
    ) async throws {
        var left = count
        for try await element in sequence {
            try await onEach(element)
            left -= 1
            if left == 0 { break }
        }
        sequence.cancel()
    }

    /// Four tasks block for a fifth of a second each: on one thread that takes four fifths, on more it takes less.
    private func block() async throws {
        let took = await ContinuousClock().measure {
            await withTaskGroup { group in
                for _ in 1...4 {
                    // What must never be done: here it is done to count the threads of the pool. Briefly, because
                    // Dispatch looks each second for threads that do nothing and then adds one.
                    group.addTask { Block.milliseconds(40) }
                }
            }
        }
        WorkerLine(event: "threads", value: (.milliseconds(160) / took).rounded()).print()
    }
}

private enum Block {
    static func milliseconds(_ count: UInt32) { usleep(count * 1_000) }
}
