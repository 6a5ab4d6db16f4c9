import Glibc

/// How long to wait before the next attempt: grows by a factor up to a maximum, spread by jitter.
///
/// Pure: the caller hands in the random number, so a schedule can be tested.
package struct Backoff: Sendable, Hashable {
    /// The wait after the first failure.
    package let initial: Duration
    /// No wait is longer than this, jitter included.
    package let maximum: Duration
    /// What each further wait is multiplied by.
    package let multiplier: Double
    /// The part of a wait that is random: 0.2 means between 80 % and 100 % of it.
    package let jitter: Double

    /// Values out of range are brought into it: multiplier at least 1, jitter between 0 and 1.
    package init(initial: Duration, maximum: Duration, multiplier: Double = 2, jitter: Double = 0.2) {
        self.initial = initial
        self.maximum = max(initial, maximum)
        self.multiplier = max(1, multiplier)
        self.jitter = min(1, max(0, jitter))
    }

    /// The wait before the attempt that follows `attempt` failures (1 is the first); `random` is in 0..<1.
    package func delay(attempt: Int, random: Double) -> Duration {
        let exponent = Double(max(0, attempt - 1))
        let grown = min(initial.seconds * pow(multiplier, exponent), maximum.seconds)
        return .seconds(grown * (1 - jitter * min(1, max(0, random))))
    }
}

extension Duration {
    /// The duration as seconds with a fraction, for metrics and arithmetic.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
