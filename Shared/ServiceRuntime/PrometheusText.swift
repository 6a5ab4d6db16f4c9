/// The text exposition format of Prometheus, version 0.0.4.
package enum PrometheusText {
    /// The value of the `Content-Type` header.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Renders snapshots of several processes as one page: families of the same name are written together, once with
    /// HELP and TYPE. The caller sees to it that their label sets differ. Of families that disagree on the kind the
    /// first counts.
    package static func render(_ snapshots: [MetricsSnapshot]) -> String {
        var families: [String: MetricFamily] = [:]
        for family in snapshots.lazy.flatMap(\.families) {
            guard var known = families[family.name] else {
                families[family.name] = family
                continue
            }
            guard known.kind == family.kind, known.bounds == family.bounds else { continue }
            known.help = known.help ?? family.help
            known.series += family.series
            families[family.name] = known
        }
        var out = ""
        for family in families.values.sorted(by: { $0.name < $1.name }) where !family.series.isEmpty {
            append(family, to: &out)
        }
        return out
    }

    private static func append(_ family: MetricFamily, to out: inout String) {
        out += "# HELP \(family.name) \(escapeHelp(family.help ?? family.name))\n"
        out += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        for series in family.series {
            switch family.kind {
            case .counter, .gauge:
                out += "\(family.name)\(labels(series.labels)) \(number(series.value))\n"
            case .histogram:
                append(histogram: series, bounds: family.bounds ?? [], name: family.name, to: &out)
            }
        }
    }

    private static func append(histogram series: MetricSeries, bounds: [Double], name: String, to out: inout String) {
        let counts = series.counts ?? []
        var cumulative: UInt64 = 0
        for (index, count) in counts.enumerated() {
            cumulative += count
            let bound = index < bounds.count ? number(bounds[index]) : "+Inf"
            out += "\(name)_bucket\(labels(series.labels, bound: bound)) \(cumulative)\n"
        }
        out += "\(name)_sum\(labels(series.labels)) \(number(series.value))\n"
        out += "\(name)_count\(labels(series.labels)) \(cumulative)\n"
    }

    // MARK: - Names, labels, numbers

    /// A valid metric name: everything else becomes an underscore.
    package static func name(_ text: String) -> String { identifier(text, allowingColon: true) }

    /// A valid label name.
    package static func label(_ text: String) -> String { identifier(text, allowingColon: false) }

    /// A stable order of label sets.
    package static func order(_ left: [String: String], _ right: [String: String]) -> Bool {
        let (left, right) = (left.sorted { $0.key < $1.key }, right.sorted { $0.key < $1.key })
        for (mine, theirs) in zip(left, right) where mine != theirs { return mine < theirs }
        return left.count < right.count
    }

    private static func identifier(_ text: String, allowingColon: Bool) -> String {
        var out = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
            let isDigit = ("0"..."9").contains(scalar)
            if isDigit, index == 0 { out += "_" }
            out.unicodeScalars.append(isLetter || isDigit || (allowingColon && scalar == ":") ? scalar : "_")
        }
        return out.isEmpty ? "_" : out
    }

    private static func labels(_ labels: [String: String], bound: String? = nil) -> String {
        var pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escapeLabel($0.value))\"" }
        if let bound { pairs.append("le=\"\(bound)\"") }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    private static func escapeLabel(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func escapeHelp(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}
