import CoreMetrics
import Synchronization

/// A sum that only grows until it is reset; whole and fractional counters share it.
final class CounterCell: CounterHandler, FloatingPointCounterHandler, Sendable {
    private let total = Mutex(0.0)

    var value: Double { total.withLock { $0 } }

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    func increment(by amount: Double) {
        guard amount >= 0, amount.isFinite else { return }
        total.withLock { $0 += amount }
    }

    func reset() { total.withLock { $0 = 0 } }
}

/// The last value set; meters, and recorders that do not aggregate.
final class GaugeCell: MeterHandler, RecorderHandler, Sendable {
    private let current = Mutex(0.0)

    var value: Double { current.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// Observations by bucket; timers (as seconds) and recorders that aggregate.
final class HistogramCell: TimerHandler, RecorderHandler, Sendable {
    struct Observations: Sendable {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<Observations>

    init(bounds: [Double]) {
        self.bounds = bounds
        self.state = Mutex(Observations(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var observations: Observations { state.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }
}
