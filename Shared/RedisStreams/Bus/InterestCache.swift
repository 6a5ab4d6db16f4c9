import MessageBus
import Synchronization

/// Whether somebody answers requests of a subject, from what live processes said they listen to.
///
/// A yes holds for a second, so that a busy requester asks once; a no is always fresh.
final class InterestCache: Sendable {
    typealias Verdict = @Sendable (Result<Bool, RedisError>) -> Void

    /// Who counts.
    enum Listeners: Hashable, Sendable {
        /// Members of queue groups: one of them answers.
        case groups
        /// Members of this queue group.
        case group(String)
        /// Whoever listens, by a subject's first token at least.
        case anybody
    }

    private struct Question: Hashable, Sendable {
        let subject: Subject
        let listeners: Listeners

        func isAnswered(by interests: [Interest]) -> Bool {
            interests.contains { interest in
                let counts =
                    switch listeners {
                    case .groups: !interest.group.isEmpty
                    case .group(let name): interest.group == name
                    case .anybody: true
                    }
                return counts && interest.filter.matches(subject)
            }
        }
    }

    private struct State {
        var known: [Question: UInt64] = [:]
        /// By first token: who waits for an answer under way.
        var asking: [String: [(Question, Verdict)]] = [:]
    }

    private static let holds: UInt64 = 1_000_000_000
    private let state = Mutex(State())
    private let context: BusContext

    init(_ context: BusContext) { self.context = context }

    /// Tells `verdict`, at once when it is known, else from the loop's thread.
    func check(_ subject: Subject, _ listeners: Listeners = .groups, _ verdict: @escaping Verdict) {
        let now = MonotonicClock.now
        let question = Question(subject: subject, listeners: listeners)
        if state.withLock({ $0.known[question].map { now < $0 } ?? false }) { return verdict(.success(true)) }
        let token = subject.firstToken
        let isFirst = state.withLock { state in
            state.asking[token, default: []].append((question, verdict))
            return state.asking[token]?.count == 1
        }
        guard isFirst else { return }
        let key = String(decoding: context.keys.interest(token), as: UTF8.self)
        context.command.submit(RedisCommand("ZRANGEBYSCORE", key, String(context.clock.now), "+inf")) { answer in
            let members = answer.map { cursor in
                var cursor = cursor
                return cursor.value().elements.compactMap(\.text)
            }
            self.settle(token, members.map { $0.compactMap { Interest(member: $0) } })
        }
    }

    private func settle(_ token: String, _ interests: Result<[Interest], RedisError>) {
        let until = MonotonicClock.now + Self.holds
        let waiting = state.withLock { state -> [(Question, Verdict)] in
            let waiting = state.asking.removeValue(forKey: token) ?? []
            guard case .success(let interests) = interests else { return waiting }
            if state.known.count > 1024 { state.known.removeAll() }
            for (question, _) in waiting where question.isAnswered(by: interests) { state.known[question] = until }
            return waiting
        }
        for (question, verdict) in waiting { verdict(interests.map { question.isAnswered(by: $0) }) }
    }
}

/// What a process listens to, as a member of a queue group or, with an empty group, for itself:
/// `<instance>|<group>|<filter>`.
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
