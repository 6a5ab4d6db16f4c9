import Synchronization

/// The server's clock as far as this process knows it: its own clock and the difference, sampled with each heartbeat.
final class ServerClock: Sendable {
    private struct Sample {
        let offset: Int64
        let roundTrip: UInt64
        let taken: UInt64
    }

    private let best = Mutex<Sample?>(nil)

    /// Milliseconds since 1970; this machine's own clock until the first sample.
    var now: UInt64 {
        let offset = best.withLock { $0?.offset ?? 0 }
        return UInt64(max(0, MonotonicClock.wallMilliseconds + offset))
    }

    /// Farther off than this, a clock was set: here, there, or by a failover.
    private static let largestDoubt: Int64 = 1_000

    /// Notes what the server said; the quickest answer of the last half minute tells most, unless a clock was set since.
    func note(serverMicroseconds: Int64, roundTrip: UInt64) {
        let taken = MonotonicClock.now
        let middle = MonotonicClock.wallMilliseconds - Int64(roundTrip / 2_000_000)
        let sample = Sample(offset: serverMicroseconds / 1_000 - middle, roundTrip: roundTrip, taken: taken)
        best.withLock { best in
            let doubt = Self.largestDoubt + Int64(roundTrip / 1_000_000)
            if let known = best, known.roundTrip < roundTrip, taken - known.taken < 30_000_000_000,
                abs(sample.offset - known.offset) <= doubt
            {
                return
            }
            best = sample
        }
    }
}
