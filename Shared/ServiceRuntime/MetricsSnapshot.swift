/// The state of a process's metrics at one moment, small enough to be broadcast every two seconds.
package struct MetricsSnapshot: Codable, Sendable, Hashable {
    /// By name, sorted.
    package var families: [MetricFamily]

    /// The given families; none by default.
    package init(families: [MetricFamily] = []) { self.families = families }

    /// The family of that name.
    package subscript(name: String) -> MetricFamily? { families.first { $0.name == name } }
}

/// All series of one metric.
package struct MetricFamily: Codable, Sendable, Hashable {
    /// As in Prometheus.
    package enum Kind: String, Codable, Sendable { case counter, gauge, histogram }

    /// A valid Prometheus name.
    package var name: String
    /// Decides how the series are read.
    package var kind: Kind
    /// One line for people.
    package var help: String?
    /// A histogram's upper bounds in ascending order, without the infinite one.
    package var bounds: [Double]?
    /// One for each label set, sorted by labels.
    package var series: [MetricSeries]

    /// A family as it stands.
    package init(name: String, kind: Kind, help: String? = nil, bounds: [Double]? = nil, series: [MetricSeries]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.bounds = bounds
        self.series = series
    }

    /// Short keys: snapshots travel often.
    private enum CodingKeys: String, CodingKey {
        case name = "n"
        case kind = "k"
        case help = "h"
        case bounds = "b"
        case series = "s"
    }
}

/// One label set and its value.
package struct MetricSeries: Codable, Sendable, Hashable {
    /// Label names and values.
    package var labels: [String: String]
    /// A counter's or gauge's value; a histogram's sum.
    package var value: Double
    /// A histogram's observations per bucket, not cumulative, the last one above every bound.
    package var counts: [UInt64]?

    /// A series as it stands.
    package init(labels: [String: String] = [:], value: Double, counts: [UInt64]? = nil) {
        self.labels = labels
        self.value = value
        self.counts = counts
    }

    /// Short keys: snapshots travel often.
    private enum CodingKeys: String, CodingKey {
        case labels = "l"
        case value = "v"
        case counts = "c"
    }
}
