import Foundation
import StoreContracts
import StoreDomain
import Synchronization

/// Who follows a log: so many at once for each key, so many in all. Each costs a connection here and one to Kubernetes.
///
/// Whose keys change is cut, as with every live stream: coming back means being authenticated anew.
final class LogFollowers: Sendable {
    private struct State {
        var followers: [UInt64: LogFollower] = [:]
        var nextNumber: UInt64 = 0
    }

    private let perKey: Int
    private let inAll: Int
    private let state = Mutex(State())

    init(perKey: Int = 8, inAll: Int = 128) {
        self.perKey = perKey
        self.inAll = inAll
    }

    /// How many follow now.
    var count: Int { state.withLock { $0.followers.count } }

    /// Takes a place; it is given back when the follower leaves or nobody holds it any more.
    func admit(_ call: Call) throws -> LogFollower.Place {
        try state.withLock { state in
            guard state.followers.count < inAll else { throw GatewayFault.tooManyStreams }
            guard state.followers.values.filter({ $0.keyHash == call.keyHash }).count < perKey else {
                throw GatewayFault.tooManyFollowers
            }
            state.nextNumber += 1
            let number = state.nextNumber
            let follower = LogFollower(keyHash: call.keyHash, user: call.caller.userID)
            state.followers[number] = follower
            return LogFollower.Place(follower: follower) { [weak self] in self?.remove(number) }
        }
    }

    /// Keys or users changed; nil: anyone's.
    func cut(_ user: UserID?) {
        let cut = state.withLock { state in state.followers.values.filter { user == nil || $0.user == user } }
        for follower in cut { follower.cut() }
    }

    private func remove(_ number: UInt64) { state.withLock { _ = $0.followers.removeValue(forKey: number) } }
}

/// One who follows a log.
final class LogFollower: Sendable {
    let keyHash: String
    let user: UserID
    private let (signal, continuation) = AsyncStream<Never>.makeStream()

    init(keyHash: String, user: UserID) {
        self.keyHash = keyHash
        self.user = user
    }

    func cut() { continuation.finish() }

    /// Returns when it is cut, or the task is cancelled.
    func wait() async { for await _ in signal {} }
}

extension LogFollower {
    /// A follower's place, given back even when its stream never runs.
    final class Place: Sendable {
        private let follower: LogFollower
        private let onLeave: @Sendable () -> Void

        init(follower: LogFollower, onLeave: @escaping @Sendable () -> Void) {
            self.follower = follower
            self.onLeave = onLeave
        }

        deinit { onLeave() }

        /// Idempotent.
        func leave() { onLeave() }

        /// Runs the body until it ends, the follower is cut or what let them in has run out, which ends it like a stream
        /// that is complete.
        func untilCut(orBy end: Date?, _ body: @escaping @Sendable () async throws -> Void) async throws {
            let follower = follower
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(operation: body)
                group.addTask { await follower.wait() }
                if let end { group.addTask { try await Task.sleep(for: .seconds(max(0, end.timeIntervalSinceNow))) } }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}
