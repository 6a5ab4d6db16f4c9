import MessageBus
import Synchronization

/// A worker's hold on a store while it works: whether it may still change the cluster.
///
/// The lease is somewhere else and may be lost without this worker hearing of it. So the hold is *sure* for a part of the
/// lease's life after each renewal, by this machine's own clock; beyond that another worker may have begun, and nothing
/// may be changed until it was renewed.
final class StoreHold: Sendable {
    /// A change was broken off, because the hold was not sure any more; what it left has to be looked at.
    struct Interrupted: Error {}

    private struct State {
        var lease: Lease
        var sureUntil: ContinuousClock.Instant
        var isLost = false
    }

    private let state: Mutex<State>
    private let signal = ChangeSignal()

    init(_ lease: Lease, sureUntil: ContinuousClock.Instant) {
        state = Mutex(State(lease: lease, sureUntil: sureUntil))
    }

    /// The lease as it is now: taken anew it has another token.
    var lease: Lease { state.withLock { $0.lease } }

    /// The lease was renewed or taken anew.
    func renewed(_ lease: Lease, sureUntil: ContinuousClock.Instant) {
        state.withLock { state in
            state.lease = lease
            state.sureUntil = max(state.sureUntil, sureUntil)
        }
        signal.notify()
    }

    /// Another worker has the store.
    func lost() {
        state.withLock { $0.isLost = true }
        signal.notify()
    }

    /// Returns when the hold is sure. Throws `StoreLeases.Lost`, and when cancelled.
    func confirm() async throws {
        while true {
            try Task.checkCancellation()
            let version = signal.version
            let (isLost, sureUntil) = state.withLock { ($0.isLost, $0.sureUntil) }
            if isLost { throw StoreLeases.Lost() }
            if ContinuousClock.now < sureUntil { return }
            await signal.wait(past: version)
        }
    }

    /// Runs a change that is better ended than broken off: the caller's cancellation does not reach it. Only where the
    /// hold is not sure any more is it cancelled, and `Interrupted` thrown: then another worker may be at it.
    func change(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await confirm()
        // Waited for right here.
        try await Task {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await body()
                    return true
                }
                group.addTask {
                    await self.waitUntilUnsure()
                    return false
                }
                defer { group.cancelAll() }
                if try await group.next() == false { throw Interrupted() }
            }
        }.value
    }

    private func waitUntilUnsure() async {
        while !Task.isCancelled {
            let version = signal.version
            let (isLost, sureUntil) = state.withLock { ($0.isLost, $0.sureUntil) }
            let left = sureUntil - .now
            if isLost || left <= .zero { return }
            await signal.wait(past: version, for: left)
        }
    }
}
