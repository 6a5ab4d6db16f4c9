/// A Kubernetes quantity, for comparing `1`, `1000m` and `1Gi` with `1024Mi`.
struct Quantity: Hashable, Comparable, Sendable {
    /// In thousandths, the smallest unit used here.
    let thousandths: Double

    init?(_ text: String) {
        let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        guard let value = Double(number), let scale = Self.scales[String(text.dropFirst(number.count))] else {
            return nil
        }
        thousandths = (value * scale * 1000).rounded()
    }

    static func < (left: Quantity, right: Quantity) -> Bool { left.thousandths < right.thousandths }

    private static let scales: [String: Double] = [
        "": 1, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
        "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776, "Pi": 1_125_899_906_842_624,
    ]
}
