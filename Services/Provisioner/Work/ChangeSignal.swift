import Synchronization

/// A number that only grows, and tasks that wait for it to.
final class ChangeSignal: Sendable {
    private struct State {
        var version = 0
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// The number of changes so far.
    var version: Int { state.withLock { $0.version } }

    /// One more change: wakes everyone who waits.
    func notify() {
        let waiters = state.withLock { state in
            state.version += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once there were more changes than `version`, after `timeout`, or when the task is cancelled.
    func wait(past version: Int, for timeout: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(past: version) }
            group.addTask {
                // Cancellation is as good a reason to return as the end of the time.
                do { try await Task.sleep(for: timeout) } catch {}
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns once there were more changes than `version`, or when the task is cancelled.
    func wait(past version: Int) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // A cancellation that came before this line found nobody to wake.
                    if state.version > version || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
