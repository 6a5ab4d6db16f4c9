import MessageBus

/// What one gateway knows of one client's rate, and what it has let through that the ledger was not told of yet. Pure:
/// time comes in.
///
/// The ledger is told afterwards, many requests at once, so that a request need not wait for it. What is left is then at
/// most what this gateway believes: nobody who keeps to the limit is refused. And no gateway lets more than `batch`
/// through untold: `n` of them together let at most count · (seconds / period + 1) + n · `batch` through in any time, and
/// what comes back during one round trip.
struct RateBudget: Sendable {
    /// What becomes of a request.
    enum Verdict: Hashable, Sendable {
        case admitted(RateStanding)
        case refused(RateStanding)
        /// Too much is untold: whoever wants to know more must tell first.
        case unclear
    }

    /// What the ledger is to be told.
    struct Message: Hashable, Sendable {
        let count: Int
        /// Which message of this budget it is; an answer to an earlier one comes too late.
        let turn: Int
    }

    let limit: RateLimit
    /// How much may be untold.
    let batch: Int
    /// What was left at a moment, by the ledger or, while there is none, by this gateway's own count.
    private var level: Double
    private var moment: ContinuousClock.Instant
    /// Let through since, what is being told included.
    private(set) var untold = 0
    private var telling: (count: Int, since: ContinuousClock.Instant)?
    private var turn = 0

    /// A client nobody has heard of has its whole rate.
    init(_ limit: RateLimit, at now: ContinuousClock.Instant) {
        self.limit = limit
        batch = max(1, limit.count / 10)
        level = Double(limit.count)
        moment = now
    }

    /// Takes one request. `isAlone`: there is no ledger now, so this gateway holds the limit by itself.
    mutating func spend(at now: ContinuousClock.Instant, isAlone: Bool = false) -> Verdict {
        let left = left(at: now)
        guard left >= 1 else { return .refused(standing(left)) }
        if isAlone {
            settle(left - 1, at: now)
        } else {
            guard untold < batch else { return .unclear }
            untold += 1
        }
        return .admitted(standing(left - 1))
    }

    /// Takes a request back that turned out not to count.
    mutating func giveBack() { untold -= 1 }

    /// Whether enough is untold to be told at once, not with the next round.
    var isUrgent: Bool { telling == nil && untold * 2 >= batch }

    /// Begins to tell the ledger; nil while that is under way or there is nothing to tell.
    mutating func tell(at now: ContinuousClock.Instant) -> Message? {
        guard telling == nil, untold != 0 else { return nil }
        telling = (untold, now)
        turn += 1
        return Message(count: untold, turn: turn)
    }

    /// The ledger answered. What is left is as of the asking: by the answer more has come back, never less.
    mutating func told(_ message: Message, left: Double) {
        guard let telling, message.turn == turn else { return }
        level = left
        moment = telling.since
        untold -= telling.count
        self.telling = nil
    }

    /// The ledger cannot be told: this gateway's own count stands.
    mutating func giveUp(at now: ContinuousClock.Instant) { settle(left(at: now), at: now) }

    /// Whether an answer has been waited for longer than this.
    func isOverdue(_ patience: Duration, at now: ContinuousClock.Instant) -> Bool {
        telling.map { $0.since.duration(to: now) > patience } ?? false
    }

    /// How it stands, without spending.
    func standing(at now: ContinuousClock.Instant) -> RateStanding { standing(left(at: now)) }

    private func left(at now: ContinuousClock.Instant) -> Double {
        // What was given back makes no more than there can be.
        min(Double(limit.count), min(Double(limit.count), level + refill(at: now)) - Double(untold))
    }

    private func refill(at now: ContinuousClock.Instant) -> Double {
        limit.refill(in: moment.duration(to: now))
    }

    private func standing(_ left: Double) -> RateStanding { RateStanding(limit, left: left) }

    private mutating func settle(_ left: Double, at now: ContinuousClock.Instant) {
        level = left
        moment = now
        untold = 0
        telling = nil
    }
}
