import MessageBus
import RedisStreams
import Synchronization
import TestSupport

/// Appends numbered messages one after the other, each with an id of its own and again until it is confirmed, as an outbox
/// does.
final class Producer: Sendable {
    private let task: Task<Void, Never>
    private let failures: Failures

    /// Every refusal, by its code's name.
    private final class Failures: Sendable {
        let codes = Mutex<[String]>([])
    }

    init(
        _ name: String,
        _ bus: any MessageBus,
        _ record: Record,
        stream: String = ChaosSite.stream.name,
        body: Int = 0,
        every pause: Duration = .milliseconds(1)
    ) {
        let failures = Failures()
        self.failures = failures
        task = Task {
            var number = 1
            while !Task.isCancelled {
                do {
                    let message = try Self.message(name, number, body: body)
                    record.confirm(.init(producer: name, number: number), try await bus.append(message, to: stream).id)
                    number += 1
                    try await Task.sleep(for: pause)
                } catch is CancellationError {
                    return
                } catch {
                    failures.codes.withLock { $0.append((error as? BusError).map { "\($0.code)" } ?? "\(error)") }
                    // What is cancelled meanwhile ends the loop.
                    do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
                }
            }
        }
    }

    static func message(_ name: String, _ number: Int, body: Int = 0, poison: Bool = false) throws -> BusMessage {
        var message = BusMessage(subject: try Subject("chaos.\(name)"))
        let text = "\(name) \(number)" + (poison ? " poison" : "")
        message.body = Array(text.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: body)
        try message.headers.set(MessageHeaders.Name.messageID, "\(name)-\(number)")
        return message
    }

    /// The refusals so far.
    var refusals: [String] { failures.codes.withLock { $0 } }

    /// Ends with the message under way.
    func stop() async {
        task.cancel()
        await task.value
    }
}

/// Takes what a durable consumer delivers, writes it down and acknowledges it.
final class Worker: Sendable {
    let probe: BusProbe<Delivery>

    init(
        _ name: String,
        _ bus: any MessageBus,
        _ record: Record,
        _ consumer: ConsumerConfiguration = ChaosSite.consumer()
    ) async throws {
        probe = BusProbe(try await bus.consume(consumer)) { delivery in
            record.handle(delivery, by: name)
            await delivery.settle()
        }
    }
}

extension Delivery {
    /// Acknowledges and waits for it; what cannot be settled is delivered again, which these tests expect.
    func settle() async {
        do { _ = try await ackSync() } catch {}
    }
}
