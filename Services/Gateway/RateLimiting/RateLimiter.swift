import Logging
import MessageBus
import Synchronization

/// Holds one kind of client to its limit, together with every other gateway.
///
/// A request is decided from memory; the ledger is told by `tick` every 100 ms, and at once where much is untold. While the
/// ledger does not answer within a quarter of a second, each gateway holds the limit by itself.
final class RateLimiter: Sendable {
    private struct State {
        var table: RateTable
        var isAlone = false
        /// Requests that wait for the ledger's answer, by client.
        var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

        /// From now on nobody waits for the ledger. Returns who did.
        mutating func goAlone() -> [CheckedContinuation<Void, Never>] {
            isAlone = true
            defer { waiting = [:] }
            return waiting.values.flatMap { $0 }
        }
    }

    /// Clients told of in one tick; who sends much more than that is told of as it comes.
    static let toldAtOnce = 256
    static let patience: Duration = .milliseconds(250)

    private let kind: String
    private let limit: RateLimit
    private let ledger: any RateLedger
    private let logger: Logger
    private let state: Mutex<State>

    /// `kind` keeps its clients apart from others'.
    init(_ kind: String, _ limit: RateLimit, ledger: any RateLedger, logger: Logger, capacity: Int = 16_384) {
        self.kind = kind
        self.limit = limit
        self.ledger = ledger
        self.logger = logger
        state = Mutex(State(table: RateTable(limit, capacity: capacity, at: .now)))
    }

    /// Clients remembered now.
    var count: Int { state.withLock { $0.table.count } }

    /// Takes a request. Waits only while more of this client's requests are under way than may be untold.
    func spend(_ client: String) async throws(RateExceeded) -> RateStanding {
        while true {
            let (verdict, message) = state.withLock { state -> (RateBudget.Verdict, RateBudget.Message?) in
                let isAlone = state.isAlone
                return state.table.with(client, at: .now) { budget in
                    let verdict = budget.spend(at: .now, isAlone: isAlone)
                    return (verdict, !isAlone && budget.isUrgent ? budget.tell(at: .now) : nil)
                }
            }
            if let message {
                // Waited for by nobody: whoever needs its answer waits in `answer(for:)`, and `tick` gives it up in time.
                Task { await tell(client, message) }
            }
            switch verdict {
            case .admitted(let standing): return standing
            case .refused(let standing): throw RateExceeded(standing: standing)
            case .unclear: await answer(for: client)
            }
        }
    }

    /// Takes a request back that turned out not to count.
    func giveBack(_ client: String) { state.withLock { $0.table.withKnown(client) { $0.giveBack() } } }

    /// Tells the ledger what it was not told yet, and gives up on what it does not answer.
    func tick() async {
        let now = ContinuousClock.now
        let (messages, abandoned, isNews) = state.withLock { state in
            let wasAlone = state.isAlone
            let overdue = state.table.overdue(Self.patience, at: now)
            for client in overdue { state.table.withKnown(client) { $0.giveUp(at: now) } }
            let abandoned = overdue.isEmpty ? [] : state.goAlone()
            let messages = state.isAlone ? [] : state.table.collect(most: Self.toldAtOnce, at: now)
            return (messages, abandoned, state.isAlone && !wasAlone)
        }
        if isNews { warn("no answer within \(Self.patience)") }
        for waiter in abandoned { waiter.resume() }
        for (client, message) in messages {
            // Waited for by nobody: the next tick gives it up where it is not answered.
            Task { await tell(client, message) }
        }
        if state.withLock({ $0.isAlone }) { await look() }
    }

    /// Whether the ledger is back.
    private func look() async {
        do {
            _ = try await ledger.spend(0, of: "\(kind)/\(Self.probe)", limit)
            state.withLock { $0.isAlone = false }
            logger.notice("Rates are counted together again", metadata: ["rate.kind": "\(kind)"])
        } catch {
            logger.debug("Rates are counted alone", metadata: ["rate.kind": "\(kind)", "error": "\(error)"])
        }
    }

    private static let probe = "-"

    private func tell(_ client: String, _ message: RateBudget.Message) async {
        let waiters: [CheckedContinuation<Void, Never>]
        do {
            let left = try await ledger.spend(message.count, of: "\(kind)/\(client)", limit)
            waiters = state.withLock { state in
                state.table.withKnown(client) { $0.told(message, left: left) }
                return state.waiting.removeValue(forKey: client) ?? []
            }
        } catch {
            let isNews: Bool
            (waiters, isNews) = state.withLock { state in
                state.table.withKnown(client) { $0.giveUp(at: .now) }
                let isNews = !state.isAlone
                return (state.goAlone(), isNews)
            }
            if isNews { warn("\(error)") }
        }
        for waiter in waiters { waiter.resume() }
    }

    private func warn(_ why: String) {
        let metadata: Logger.Metadata = ["rate.kind": "\(kind)", "error": "\(why)"]
        logger.warning("Rates are counted by each gateway alone", metadata: metadata)
    }

    /// Waits until the ledger has answered for a client, or was given up.
    private func answer(for client: String) async {
        await withCheckedContinuation { continuation in
            let isClear = state.withLock { state in
                var isClear = state.isAlone
                state.table.with(client, at: .now) { budget in isClear = isClear || budget.untold < budget.batch }
                if !isClear { state.waiting[client, default: []].append(continuation) }
                return isClear
            }
            if isClear { continuation.resume() }
        }
    }
}

/// A client did more than it may.
struct RateExceeded: Error, Hashable {
    let standing: RateStanding
}
