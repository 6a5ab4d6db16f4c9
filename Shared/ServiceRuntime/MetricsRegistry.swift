import Synchronization

/// The process's metrics: a backend for swift-metrics that keeps every series and hands out snapshots.
///
/// Counters stay counters; meters and recorders that do not aggregate are gauges; timers and recorders that do are
/// histograms, timers in seconds. A metric has at most `maximumSeries` label sets: what comes after them is counted in
/// one series labelled `overflow="true"`, so a careless label cannot fill the memory. May be used from any thread.
package final class MetricsRegistry: Sendable {
    /// From one millisecond to ten minutes: fits requests as well as the provisioning of a store.
    package static let secondBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600,
    ]

    /// Families counted elsewhere: asked at each snapshot, from any thread, so it must be quick.
    package typealias Source = @Sendable () -> [MetricFamily]

    enum Cell {
        case counter(CounterCell)
        case gauge(GaugeCell)
        case histogram(HistogramCell)
    }

    private struct Family {
        let kind: MetricFamily.Kind
        var cells: [[String: String]: Cell] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [:]
        var sources: [Source] = []
    }

    let bounds: [Double]
    private let maximumSeries: Int
    private let state = Mutex(State())

    /// An empty registry; `bounds` are the upper bounds of every histogram, ascending.
    package init(bounds: [Double] = MetricsRegistry.secondBuckets, maximumSeries: Int = 500) {
        self.bounds = bounds
        self.maximumSeries = maximumSeries
    }

    /// Gives a metric its line of help; may come before or after its first use.
    package func describe(_ name: String, _ help: String) {
        state.withLock { $0.help[PrometheusText.name(name)] = help }
    }

    /// Adds families that are counted elsewhere (a connection pool, the process) to every snapshot. Their names must
    /// not be used otherwise.
    package func addSource(_ source: @escaping Source) { state.withLock { $0.sources.append(source) } }

    /// Adds counters without labels that are counted elsewhere; the names get the prefix.
    package func addCounters(prefix: String, _ values: @escaping @Sendable () -> [String: Int]) {
        addSource {
            values().map { name, value in
                MetricFamily(name: prefix + name, kind: .counter, series: [MetricSeries(value: Double(value))])
            }
        }
    }

    /// Everything as it stands now. Series of one family are taken one after the other, not at one instant.
    package func snapshot() -> MetricsSnapshot {
        let state = state.withLock { $0 }
        let families = state.families.map { name, family in
            MetricFamily(
                name: name,
                kind: family.kind,
                help: state.help[name],
                bounds: family.kind == .histogram ? bounds : nil,
                series: family.cells.map(Self.series).sorted { PrometheusText.order($0.labels, $1.labels) }
            )
        }
        let others = state.sources.flatMap { $0() }
        return MetricsSnapshot(families: (families + others).sorted { $0.name < $1.name })
    }

    private static func series(labels: [String: String], cell: Cell) -> MetricSeries {
        switch cell {
        case .counter(let counter): return MetricSeries(labels: labels, value: counter.value)
        case .gauge(let gauge): return MetricSeries(labels: labels, value: gauge.value)
        case .histogram(let histogram):
            let seen = histogram.observations
            return MetricSeries(labels: labels, value: seen.sum, counts: seen.counts)
        }
    }

    /// Finds or makes the cell. A name already in use as another kind gets a cell that nobody reads: a mistake in one
    /// place must not spoil the exposition of the rest.
    func cell(_ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind) -> Cell {
        let name = PrometheusText.name(label)
        var labels: [String: String] = [:]
        for (key, value) in dimensions { labels[PrometheusText.label(key)] = value }
        return state.withLock { state in
            var family = state.families[name] ?? Family(kind: kind)
            guard family.kind == kind else { return make(kind) }
            if family.cells[labels] == nil, family.cells.count >= maximumSeries { labels = ["overflow": "true"] }
            if let known = family.cells[labels] { return known }
            let made = make(kind)
            family.cells[labels] = made
            state.families[name] = family
            return made
        }
    }

    private func make(_ kind: MetricFamily.Kind) -> Cell {
        switch kind {
        case .counter: .counter(CounterCell())
        case .gauge: .gauge(GaugeCell())
        case .histogram: .histogram(HistogramCell(bounds: bounds))
        }
    }

    func remove(_ isWanted: @Sendable (Cell) -> Bool) {
        state.withLock { state in
            for (name, family) in state.families {
                if let entry = family.cells.first(where: { isWanted($0.value) }) {
                    state.families[name]?.cells[entry.key] = nil
                    return
                }
            }
        }
    }
}
