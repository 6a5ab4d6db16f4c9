/// A Kubernetes quantity, for adding up and for comparing `1`, `1000m` and `1Gi` with `1024Mi`.
package struct Quantity: Hashable, Comparable, Sendable {
    /// In thousandths, the smallest unit used here.
    package let thousandths: Double

    /// Reads `500m`, `1.5Gi`, `2e3`; nil for anything else.
    package init?(_ text: String) {
        let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
        let suffix = text.dropFirst(number.count)
        guard let value = Double(number), let scale = Self.scales[String(suffix)] ?? Self.exponent(suffix) else {
            return nil
        }
        thousandths = (value * scale * 1000).rounded()
    }

    package static func < (left: Quantity, right: Quantity) -> Bool { left.thousandths < right.thousandths }

    /// `e3` or `E3`; a lone `E` is a unit.
    private static func exponent(_ suffix: Substring) -> Double? {
        guard suffix.first == "e" || suffix.first == "E" else { return nil }
        return Double("1e\(suffix.dropFirst())")
    }

    private static let scales: [String: Double] = [
        "": 1, "n": 1e-9, "u": 1e-6, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
        "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776, "Pi": 1_125_899_906_842_624,
        "Ei": 1_152_921_504_606_846_976,
    ]
}
