import Synchronization

/// Passes events on to whoever listens. From any thread; nobody is waited for.
package final class BusEventHub: Sendable {
    /// How many events wait for a listener that does not take them; older ones go.
    private static let capacity = 256

    private struct State {
        var nextKey = 0
        var listeners: [Int: AsyncStream<BusEvent>.Continuation] = [:]
    }

    private let state = Mutex(State())

    /// Nobody listens yet.
    package init() {}

    /// What happens from now on; ends when its task is cancelled or the bus is closed.
    package func events() -> AsyncStream<BusEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: BusEvent.self,
            bufferingPolicy: .bufferingNewest(Self.capacity)
        )
        let key = state.withLock { state in
            state.nextKey += 1
            state.listeners[state.nextKey] = continuation
            return state.nextKey
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: key) }
        }
        return stream
    }

    /// Tells everyone.
    package func emit(_ event: BusEvent) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield(event) }
    }

    /// Ends all sequences.
    package func finish() {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.finish() }
    }
}
