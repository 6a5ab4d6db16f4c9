package import MessageBus
import Synchronization

/// Reads a sequence of the bus to its end and keeps what came, so that a test can look at it whenever it likes.
package final class BusProbe<Element: Sendable>: Sendable {
    private struct State {
        var values: [Element] = []
        var hasEnded = false
    }

    private let sequence: BusSequence<Element>
    private let state: Shared

    /// What the reading task and the probe share.
    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    /// Begins to read; ends with the sequence.
    package init(_ sequence: BusSequence<Element>, _ onEach: @escaping @Sendable (Element) async -> Void = { _ in }) {
        self.sequence = sequence
        let shared = Shared()
        state = shared
        // Ends with the sequence, which `cancel` or draining its bus ends.
        Task {
            for try await value in sequence {
                shared.state.withLock { $0.values.append(value) }
                await onEach(value)
            }
            shared.state.withLock { $0.hasEnded = true }
        }
    }

    /// What came so far, in order.
    package var values: [Element] { state.state.withLock { $0.values } }

    /// Whether the sequence has ended.
    package var hasEnded: Bool { state.state.withLock { $0.hasEnded } }

    /// Waits until so many have come, and returns the first of them.
    package func first(_ count: Int, within limit: Duration = .seconds(15)) async throws -> [Element] {
        try await eventually("\(count) elements of the sequence", within: limit) { values.count >= count }
        return Array(values.prefix(count))
    }

    /// Ends the sequence.
    package func cancel() { sequence.cancel() }
}
