import Synchronization

/// How many stores are worked on at once, and how many may queue for that here; more go back to the stream, where
/// another replica finds them and where they don't keep deletions from coming through.
final class WorkSlots: Sendable {
    private struct State {
        var free: Int
        var queued = 0
    }

    private let state: Mutex<State>
    private let signal = ChangeSignal()
    private let queueLimit: Int

    init(_ count: Int) {
        state = Mutex(State(free: count))
        queueLimit = count
    }

    /// Runs the body with a slot; nil, without running it, when too many wait already or the task is cancelled.
    func run<Result>(_ body: () async throws -> Result) async rethrows -> Result? {
        guard await take() else { return nil }
        defer { giveBack() }
        return try await body()
    }

    private func take() async -> Bool {
        let mayQueue = state.withLock { state in
            guard state.queued < queueLimit || state.free > 0 else { return false }
            state.queued += 1
            return true
        }
        guard mayQueue else { return false }
        defer { state.withLock { $0.queued -= 1 } }
        while !Task.isCancelled {
            let version = signal.version
            let isTaken = state.withLock { state in
                guard state.free > 0 else { return false }
                state.free -= 1
                return true
            }
            if isTaken { return true }
            await signal.wait(past: version)
        }
        return false
    }

    private func giveBack() {
        state.withLock { $0.free += 1 }
        signal.notify()
    }
}
