import ArgumentParser
import MessageBus
import RedisStreams
import Synchronization

/// Has thousands of requests under way at once, cancels half of them, has the others answered, and prints what is left.
struct InFlightCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "in-flight")

    @OptionGroup var options: WorkerOptions
    @Option var count = 10_000
    @Option var rounds = 4

    func run() async throws {
        _ = Leash.hold()
        let (asking, answering) = (try options.makeBus(), try options.makeBus())
        let requests = try await answering.subscribe(to: try SubjectFilter("many.>"), queueGroup: "many")
        let replies = Replies()
        let collecting = Task {
            for try await request in requests { if let reply = request.reply { replies.add(reply) } }
        }
        for _ in 1...rounds {
            let (answered, cancelled) = try await round(asking, answering, replies)
            WorkerLine(event: "answered", value: Double(answered)).print()
            WorkerLine(event: "cancelled", value: Double(cancelled)).print()
            WorkerLine(event: "memory", value: Double(ProcessUsage.residentMemory)).print()
            WorkerLine(event: "left", value: Double(asking.requestsUnderWay)).print()
        }
        requests.cancel()
        try await collecting.value
        await asking.drain(within: .seconds(2))
        await answering.drain(within: .seconds(2))
    }

    /// Says how many were answered and how many were cancelled.
    private func round(
        _ asking: RedisMessageBus,
        _ answering: RedisMessageBus,
        _ replies: Replies
    ) async throws -> (Int, Int) {
        let subject = try Subject("many.v1")
        let tasks = (0..<count).map { _ in
            Task { try await asking.request(BusMessage(subject: subject), timeout: .seconds(60)) }
        }
        while replies.count < count { try await Task.sleep(for: .milliseconds(10)) }
        for (index, task) in tasks.enumerated() where index % 2 == 0 { task.cancel() }
        for reply in replies.takeAll() { try await answering.publish(BusMessage(subject: reply)) }
        var (answered, cancelled) = (0, 0)
        for task in tasks {
            do {
                _ = try await task.value
                answered += 1
            } catch is CancellationError {
                cancelled += 1
            }
        }
        return (answered, cancelled)
    }
}

/// Whom to answer later.
private final class Replies: Sendable {
    private let subjects = Mutex<[Subject]>([])

    func add(_ subject: Subject) { subjects.withLock { $0.append(subject) } }

    var count: Int { subjects.withLock { $0.count } }

    func takeAll() -> [Subject] {
        subjects.withLock { subjects in
            defer { subjects = [] }
            return subjects
        }
    }
}
