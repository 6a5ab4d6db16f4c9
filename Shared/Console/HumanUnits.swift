import ServiceRuntime

/// Numbers as people read them.
package enum HumanUnits {
    /// `512 B`, `1.5 KiB`, `3.0 MiB`.
    package static func size(_ bytes: Int) -> String {
        var value = Double(bytes)
        var unit = "B"
        for larger in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
            value /= 1024
            unit = larger
        }
        return unit == "B" ? "\(bytes) B" : "\(decimal(value, 1)) \(unit)"
    }

    /// `12,345`.
    package static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return number < 0 ? "-" + result : result
    }

    /// `850ms`, `12s`, `5m12s`, `3h05m`, `4d2h`; what lies in the future is `now`.
    package static func span(milliseconds: Int64) -> String {
        let seconds = milliseconds / 1_000
        switch milliseconds {
        case ..<1: return "now"
        case ..<1_000: return "\(milliseconds)ms"
        case ..<60_000: return "\(seconds)s"
        case ..<3_600_000: return "\(seconds / 60)m\(twoDigits(seconds % 60))s"
        case ..<86_400_000: return "\(seconds / 3_600)h\(twoDigits(seconds / 60 % 60))m"
        default: return "\(seconds / 86_400)d\(seconds / 3_600 % 24)h"
        }
    }

    /// `0.214 ms`, `18.2 ms`, `1.50 s`.
    package static func latency(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        if milliseconds < 10 { return decimal(milliseconds, 3) + " ms" }
        if milliseconds < 1_000 { return decimal(milliseconds, 1) + " ms" }
        return decimal(milliseconds / 1_000, 2) + " s"
    }

    /// `0`, `3.2`, `1,234`: so many a second; `-` when it is not known.
    package static func rate(_ perSecond: Double?) -> String {
        guard let perSecond, perSecond.isFinite else { return "-" }
        if perSecond < 0.05 { return "0" }
        return perSecond < 100 ? decimal(perSecond, 1) : count(Int(perSecond.rounded()))
    }

    /// A point in time by the server's clock, RFC 3339.
    package static func time(milliseconds: UInt64) -> String {
        String(decoding: RFC3339.bytes(milliseconds: Int64(clamping: milliseconds)), as: UTF8.self)
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// A number with so many digits after the point.
    package static func decimal(_ value: Double, _ places: Int) -> String {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        let scaled = Int((value.magnitude * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let zeros = String(repeating: "0", count: max(0, places - fraction.count))
        return places == 0 ? "\(sign)\(scaled)" : "\(sign)\(scaled / scale).\(zeros)\(fraction)"
    }
}
