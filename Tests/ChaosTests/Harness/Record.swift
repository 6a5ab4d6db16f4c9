import MessageBus
import RedisStreams
import Synchronization
import TestSupport

/// What producers and workers of one test write down, for the oracle.
final class Record: Sendable {
    private let state = Mutex(Oracle())

    var oracle: Oracle { state.withLock { $0 } }
    var confirmed: Int { state.withLock { $0.confirmed.count } }

    func confirm(_ mark: Oracle.Mark, _ id: StreamID) { state.withLock { $0.confirm(mark, id) } }

    func handle(_ delivery: Delivery, by name: String) {
        guard let mark = Oracle.Mark(body: delivery.message.body) else { return }
        state.withLock { $0.handle(mark, id: delivery.id, by: name, deliveries: delivery.deliveries) }
    }

    /// What a worker process said it handled.
    func read(_ lines: [WorkerRecord], by name: String) {
        for line in lines where line.event == "handled" {
            guard let mark = Oracle.Mark(body: (line.body ?? "").utf8) else { continue }
            let id = line.id.flatMap { StreamID($0) }
            state.withLock { $0.handle(mark, id: id, by: name, deliveries: line.deliveries ?? 0) }
        }
    }

    /// Waits until all that was confirmed so far has been handled.
    func complete(within limit: Duration = .seconds(15)) async throws {
        do {
            try await eventually("the handling of all that was confirmed", within: limit) { oracle.lost.isEmpty }
        } catch {
            throw EventuallyFailure(description: "\(error); lost: \(oracle.lost.prefix(20)) of \(confirmed)")
        }
    }
}

/// Says more than the timeout alone.
struct EventuallyFailure: Error, CustomStringConvertible {
    let description: String
}
