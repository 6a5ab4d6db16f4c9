import FoundationEssentials
import StoreDomain

/// Whether a creation that ran into a failure starts over: failures that may pass are tried again after 2, 4 and 8 seconds,
/// all within a minute. Pure.
struct RetryPolicy: Sendable, Equatable {
    /// The pause before each retry, in seconds.
    let pauses: [TimeInterval]
    /// All retries end this long after the first failure, in seconds: it comes within 25 seconds where nothing can heal, and
    /// whoever waits is told within the minute, also on a machine so busy that each attempt takes a while.
    static let budget: TimeInterval = 35
    /// How much longer than the last one the next attempt may take, where the machine gets busier.
    static let reserve = 1.25
    /// How long a symptom that led to a retry may last after it.
    static let grace = Duration.seconds(5)

    /// A retry that is due.
    struct Retry: Sendable, Equatable {
        let failure: StoreFailure
        /// From 1.
        let attempt: Int
        /// How many there are at most.
        let limit: Int
        let due: Date
    }

    /// The retry that waits for its time.
    private(set) var pending: Retry?
    /// How many were granted.
    private(set) var attempts = 0
    private var firstFailure: Date?
    private var lastStart: Date?
    private var code: StoreFailure.Code?

    init(pauses: [TimeInterval] = [2, 4, 8]) { self.pauses = pauses }

    /// Grants one more retry after a failure, or none: it cannot help, three did not, or it would take too long, by how
    /// long the last one took and a reserve.
    func granting(after failure: StoreFailure, now: Date) -> Retry? {
        guard failure.retryable, failure.code != .timeout, attempts < pauses.count else { return nil }
        let pause = pauses[attempts]
        let spent = firstFailure.map { now.timeIntervalSince($0) } ?? 0
        let lastTook = lastStart.map { now.timeIntervalSince($0) } ?? 0
        guard spent + pause + lastTook * Self.reserve <= Self.budget else { return nil }
        return Retry(failure: failure, attempt: attempts + 1, limit: pauses.count, due: now.addingTimeInterval(pause))
    }

    /// A retry was granted, and is told.
    mutating func wait(for retry: Retry, now: Date) {
        pending = retry
        attempts = retry.attempt
        firstFailure = firstFailure ?? now
        code = retry.failure.code
    }

    /// The retry has begun.
    mutating func start(now: Date) {
        pending = nil
        lastStart = now
    }

    /// Lets time pass that does not count: the cluster could not be seen.
    mutating func skip(_ pause: TimeInterval) {
        firstFailure?.addTimeInterval(pause)
        lastStart?.addTimeInterval(pause)
    }

    /// What was decided upon once, decides sooner the next time, also where it only explained a timeout before: a pod made
    /// anew has no restarts yet.
    func judged(_ symptoms: [PersistentSymptom]) -> [PersistentSymptom] {
        guard attempts > 0 else { return symptoms }
        return symptoms.map { seen in
            guard seen.symptom.code == code, seen.symptom.retryable else { return seen }
            var symptom = seen.symptom
            symptom.grace = min(symptom.grace ?? Self.grace, Self.grace)
            return PersistentSymptom(symptom: symptom, age: seen.age)
        }
    }
}
