import Foundation

/// Takes a store's passwords out of a text. Pure.
struct SecretRedaction: Sendable {
    /// The longest first: one may hold another.
    private let forms: [[UInt8]]
    /// Which forms begin with these two bytes; of most places in a text nothing more is looked at.
    private let beginnings: [UInt16: [Int]]

    private static let mask = "•••"
    /// Shorter values are no passwords, and would make holes into every text.
    private static let shortest = 6
    /// So much of a password at an end, where a text was cut, gives too much away.
    private static let telling = 6
    /// Lines of a value that has several, such as a key in PEM, which programs write one by one.
    private static let shortestLine = 16

    /// Hides each of these values, as it is and as programs write it: in Base64, also in the midst of something longer,
    /// in a URL, in JSON.
    init(values: [String]) {
        var forms: Set<String> = []
        for value in values {
            let lines = value.split(whereSeparator: \.isNewline).map(String.init)
            let parts = lines.count > 1 ? lines.filter { $0.utf8.count >= Self.shortestLine } : lines
            for part in parts where part.utf8.count >= Self.shortest { forms.formUnion(Self.forms(of: part)) }
        }
        self.forms = forms.map { Array($0.utf8) }.filter { $0.count >= Self.shortest }
            .sorted {
                ($0.count, String(decoding: $0, as: UTF8.self)) > ($1.count, String(decoding: $1, as: UTF8.self))
            }
        var beginnings: [UInt16: [Int]] = [:]
        for (index, form) in self.forms.enumerated() {
            beginnings[Self.beginning(form[0], form[1]), default: []].append(index)
        }
        self.beginnings = beginnings
    }

    /// The text without them. A text that was cut within a password, at its beginning, its end or both, is rid of the part.
    func callAsFunction(_ text: String) -> String {
        guard !forms.isEmpty else { return text }
        let bytes = Array(text.utf8)
        let hidden = hidden(in: bytes)
        guard !hidden.isEmpty else { return text }
        var shown = ""
        var end = 0
        for range in hidden {
            shown += String(decoding: bytes[end..<range.lowerBound], as: UTF8.self) + Self.mask
            end = range.upperBound
        }
        return shown + String(decoding: bytes[end...], as: UTF8.self)
    }

    /// What is to be hidden, in order and without overlaps.
    private func hidden(in bytes: [UInt8]) -> [Range<Int>] {
        guard bytes.count >= Self.telling else { return [] }
        var found: [Range<Int>] = []
        func add(_ range: Range<Int>) {
            if let last = found.last, range.lowerBound <= last.upperBound {
                found[found.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                found.append(range)
            }
        }
        if let length = cutStart(of: bytes) { add(0..<length) }
        for index in 0...(bytes.count - Self.telling) {
            guard let candidates = beginnings[Self.beginning(bytes[index], bytes[index + 1])] else { continue }
            // Of several the longest; at the end of the text a part of it is enough.
            let length = candidates.lazy
                .map { forms[$0] }
                .filter { bytes[index...].starts(with: $0.prefix(bytes.count - index)) }
                .map { min($0.count, bytes.count - index) }
                .max()
            if let length { add(index..<index + length) }
        }
        return found
    }

    /// How much of the beginning is the rest, or the middle, of a password.
    private func cutStart(of bytes: [UInt8]) -> Int? {
        var longest: Int?
        for form in forms {
            // The whole of a short text may be a part from the middle.
            for start in stride(from: 1, through: form.count - Self.telling, by: 1) where form[start] == bytes[0] {
                let rest = form[start...]
                if bytes.starts(with: rest) {
                    longest = max(longest ?? 0, rest.count)
                } else if bytes.count < rest.count, rest.starts(with: bytes) {
                    return bytes.count
                }
            }
        }
        return longest
    }

    private static func beginning(_ first: UInt8, _ second: UInt8) -> UInt16 { UInt16(first) << 8 | UInt16(second) }

    private static func forms(of value: String) -> Set<String> {
        var forms: Set<String> = [value]
        for allowed in [CharacterSet.alphanumerics, unreserved] {
            if let encoded = value.addingPercentEncoding(withAllowedCharacters: allowed) { forms.insert(encoded) }
        }
        let quoted = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        forms.formUnion([quoted, quoted.replacing("/", with: "\\/")])
        // Base64 takes three bytes at a time, so there are three ways in which it may stand in something longer.
        for offset in 0..<3 {
            let encoded = Data(repeating: 0, count: offset) + Data(value.utf8)
            let text = encoded.base64EncodedString().prefix { $0 != "=" }
            let certain = text.dropFirst([0, 2, 3][offset]).dropLast(encoded.count.isMultiple(of: 3) ? 0 : 1)
            forms.insert(String(certain))
            forms.insert(String(certain).replacing("+", with: "-").replacing("/", with: "_"))
        }
        return forms
    }

    private static let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
}
