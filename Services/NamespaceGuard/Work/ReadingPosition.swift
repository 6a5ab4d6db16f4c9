import MessageBus
import Synchronization

/// How far a log has been read, and tasks that wait for it to get further.
final class ReadingPosition: Sendable {
    private struct State {
        var reached = StreamID.zero
        var waiting: [Int: (id: StreamID, signal: AsyncStream<Never>.Continuation)] = [:]
        var number = 0
    }

    private let state = Mutex(State())

    /// The last place that was read.
    var reached: StreamID { state.withLock { $0.reached } }

    /// Everything up to here was read: wakes who waited for it.
    func advance(to id: StreamID) {
        let awake = state.withLock { state in
            state.reached = max(state.reached, id)
            let awake = state.waiting.filter { $0.value.id <= id }
            for number in awake.keys { state.waiting[number] = nil }
            return awake.values.map(\.signal)
        }
        for signal in awake { signal.finish() }
    }

    /// True once it was read up to there; false when the time ran out first.
    func reaches(_ id: StreamID, within limit: Duration) async throws -> Bool {
        let (signals, signal) = AsyncStream<Never>.makeStream()
        let number = state.withLock { state -> Int in
            if state.reached >= id { signal.finish() } else { state.waiting[state.number] = (id, signal) }
            defer { state.number += 1 }
            return state.number
        }
        defer { state.withLock { _ = $0.waiting.removeValue(forKey: number) } }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in signals {}
                try Task.checkCancellation()
                return true
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }
}
