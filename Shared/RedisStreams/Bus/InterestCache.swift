import MessageBus
import Synchronization

/// Whether somebody answers requests of a subject, from what live processes said they listen to.
///
/// A yes holds for a second, so that a busy requester asks once; a no is always fresh.
final class InterestCache: Sendable {
    typealias Verdict = @Sendable (Result<Bool, RedisError>) -> Void

    private struct State {
        var known: [Subject: UInt64] = [:]
        /// By first token: who waits for an answer under way.
        var asking: [String: [(Subject, Verdict)]] = [:]
    }

    private static let holds: UInt64 = 1_000_000_000
    private let state = Mutex(State())
    private let context: BusContext

    init(_ context: BusContext) { self.context = context }

    /// Tells `verdict`, at once when it is known, else from the loop's thread.
    func check(_ subject: Subject, _ verdict: @escaping Verdict) {
        let now = MonotonicClock.now
        if state.withLock({ $0.known[subject].map { now < $0 } ?? false }) { return verdict(.success(true)) }
        let token = subject.firstToken
        let isFirst = state.withLock { state in
            state.asking[token, default: []].append((subject, verdict))
            return state.asking[token]?.count == 1
        }
        guard isFirst else { return }
        let key = String(decoding: context.keys.interest(token), as: UTF8.self)
        context.command.submit(RedisCommand("ZRANGEBYSCORE", key, String(context.clock.now), "+inf")) { answer in
            let members = answer.map { cursor in
                var cursor = cursor
                return cursor.value().elements.compactMap(\.text)
            }
            self.settle(token, members.map { $0.compactMap { Interest(member: $0) }.filter { !$0.group.isEmpty } })
        }
    }

    private func settle(_ token: String, _ interests: Result<[Interest], RedisError>) {
        let until = MonotonicClock.now + Self.holds
        let waiting = state.withLock { state -> [(Subject, Verdict)] in
            let waiting = state.asking.removeValue(forKey: token) ?? []
            guard case .success(let interests) = interests else { return waiting }
            if state.known.count > 1024 { state.known.removeAll() }
            for (subject, _) in waiting where interests.contains(where: { $0.filter.matches(subject) }) {
                state.known[subject] = until
            }
            return waiting
        }
        for (subject, verdict) in waiting {
            verdict(interests.map { $0.contains { $0.filter.matches(subject) } })
        }
    }
}

/// What one member of a queue group listens to: `<instance>|<group>|<filter>`.
struct Interest: Hashable, Sendable {
    let instance: String
    let group: String
    let filter: SubjectFilter

    init(instance: String, group: String, filter: SubjectFilter) {
        self.instance = instance
        self.group = group
        self.filter = filter
    }

    init?(member: String) {
        let parts = member.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        // A member of a later version that we cannot read is not ours to judge; it counts as nobody.
        do {
            self.init(instance: String(parts[0]), group: String(parts[1]), filter: try SubjectFilter(String(parts[2])))
        } catch {
            return nil
        }
    }

    var member: String { "\(instance)|\(group)|\(filter)" }
}
