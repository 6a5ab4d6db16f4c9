import Logging
import MessageBus
import Synchronization

/// Says once a second that this process lives and what it listens to, keeps its inbox, and learns the server's time.
final class Presence: Sendable {
    private struct State {
        /// Key and member, counted: two subscriptions may say the same.
        var entries: [Entry: Int] = [:]
        var isOver = false
        var hasComplained = false
        var isRefused = false
    }

    private struct Entry: Hashable {
        let key: [UInt8]
        let member: String
    }

    private let state = Mutex(State())
    private let context: BusContext
    private let inboxCursor: @Sendable () -> StreamID

    /// `inboxCursor` is called on the loop's thread.
    init(_ context: BusContext, inboxCursor: @escaping @Sendable () -> StreamID) {
        self.context = context
        self.inboxCursor = inboxCursor
    }

    /// Whether the server answers and takes no heartbeats: it has no memory or no disk left.
    var isRefused: Bool { state.withLock { $0.isRefused } }

    /// Begins to listen; visible to others when it returns.
    func add(_ interest: Interest, token: String) async throws {
        try await add(key: context.keys.interest(token), member: interest.member)
    }

    /// A second consumer of this process in the same group lives under a name of its own.
    func add(consumer name: String) async throws { try await add(key: context.keys.live, member: name) }

    func remove(consumer name: String) { remove(key: context.keys.live, member: name) }

    func remove(_ interest: Interest, token: String) {
        remove(key: context.keys.interest(token), member: interest.member)
    }

    private func add(key: [UInt8], member: String) async throws {
        state.withLock { $0.entries[Entry(key: key, member: member), default: 0] += 1 }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            context.loop.submit { self.beat { continuation.resume(with: $0.mapError { $0 as any Error }) } }
        }
    }

    private func remove(key: [UInt8], member: String) {
        let entry = Entry(key: key, member: member)
        let isLast = state.withLock { state in
            guard let count = state.entries[entry] else { return false }
            state.entries[entry] = count > 1 ? count - 1 : nil
            return count == 1
        }
        if isLast { leave([entry], process: false) {} }
    }

    /// Says no more; others see it when `done` is called.
    func end(_ done: @escaping @Sendable () -> Void) {
        let entries = state.withLock { state -> [Entry] in
            state.isOver = true
            defer { state.entries.removeAll() }
            return Array(state.entries.keys)
        }
        let wake = String(decoding: context.keys.wake(context.instance), as: UTF8.self)
        context.command.submit(RedisCommand("DEL", wake)) { _ in }
        if let claim = context.claim { context.command.submit(claim.release) { _ in } }
        leave(entries, process: true, done)
    }

    /// Withdraws what this process listens to, while it still works on what it has.
    func withdrawInterests(_ done: @escaping @Sendable () -> Void) {
        let live = context.keys.live
        let entries = state.withLock { state -> [Entry] in
            let gone = state.entries.keys.filter { $0.key != live }
            for entry in gone { state.entries[entry] = nil }
            return Array(gone)
        }
        leave(entries, process: false, done)
    }

    private func leave(_ entries: [Entry], process: Bool, _ done: @escaping @Sendable () -> Void) {
        let instance = context.instance
        context.command.submit(
            .leave,
            keys: fixedKeys + entries.map(\.key),
            argumentCount: 2 + entries.count,
            arguments: { command in
                command.add(instance)
                command.add(process ? "1" : "0")
                for entry in entries { command.add(entry.member) }
            },
            { _ in done() }
        )
    }

    private var fixedKeys: [[UInt8]] {
        [context.keys.live, context.keys.inbox(context.instance), context.keys.info(context.instance)]
    }

    // MARK: - On the loop's thread

    /// Beats now and from now on.
    func begin() {
        guard !state.withLock({ $0.isOver }) else { return }
        beat { _ in }
        context.loop.schedule(after: context.configuration.heartbeat) { self.begin() }
    }

    func beat(_ done: @escaping @Sendable (Result<Void, RedisError>) -> Void) {
        guard let entries = state.withLock({ $0.isOver ? nil : Array($0.entries.keys) }) else {
            return done(.failure(RedisError(.closed, "the bus is closed")))
        }
        renewClaim()
        let sent = MonotonicClock.now
        let configuration = context.configuration
        let instance = context.instance
        let cursor = inboxCursor().description
        let info = "{\"service\":\"\(configuration.service)\",\"instance\":\"\(instance)\",\"protocol\":1}"
        context.command.submit(
            .heartbeat,
            keys: fixedKeys + entries.map(\.key),
            argumentCount: 4 + entries.count,
            arguments: { command in
                command.add(instance)
                command.add(configuration.presence.milliseconds)
                command.add(cursor)
                command.add(info)
                for entry in entries { command.add(entry.member) }
            },
            { answer in
                switch answer {
                case .success(var cursor):
                    self.state.withLock { $0.isRefused = false }
                    if cursor.array() != nil, let micros = cursor.integer() {
                        self.context.clock.note(
                            serverMicroseconds: Int64(micros),
                            roundTrip: MonotonicClock.now - sent
                        )
                    }
                    done(.success(()))
                case .failure(let error):
                    let isRefused = error.code == .outOfMemory || error.code == .writesRefused
                    if isRefused { self.state.withLock { $0.isRefused = true } }
                    // Refused, the process looks dead to all others while it works: its operator must know.
                    let isNews =
                        error.isRefusal
                        && self.state.withLock { state in
                            defer { state.hasComplained = true }
                            return !state.hasComplained
                        }
                    self.context.logger.log(
                        level: isNews ? .error : .debug,
                        "Heartbeat not taken",
                        metadata: ["error": "\(error)"]
                    )
                    done(.failure(error))
                }
            }
        )
    }

    /// Another process took our instance id while this one was silent for longer than its presence lasts.
    private func renewClaim() {
        guard let claim = context.claim else { return }
        let command = context.command
        command.submit(claim.command) { answer in
            if case .failure(let error) = answer, error.code == .instanceTaken { command.fail(error) }
        }
    }
}
