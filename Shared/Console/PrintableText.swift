/// Text from elsewhere as a terminal may have it: control characters, which could move the cursor or worse, are shown and
/// not sent.
package enum PrintableText {
    /// One line: line breaks and tabs are shown too.
    package static func oneLine(_ text: String) -> String { escaped(text, keepsLines: false) }

    /// Lines stay lines.
    package static func lines(_ text: String) -> [String] {
        escaped(text, keepsLines: true).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// A body as lines: its text where it is text, else how its bytes begin.
    package static func body(_ bytes: [UInt8]) -> [String] {
        guard !bytes.isEmpty else { return [] }
        if let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) {
            return lines(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
        let shown = bytes.prefix(256)
        var result = stride(from: 0, to: shown.count, by: 16).map { start in
            hexadecimal(shown[start..<min(start + 16, shown.count)], at: start)
        }
        if bytes.count > shown.count { result.append("… \(HumanUnits.count(bytes.count - shown.count)) more bytes") }
        return result
    }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>, at start: Int) -> String {
        let digits = bytes.map { padded(String($0, radix: 16), 2) }.joined(separator: " ")
        let text = String(bytes.map { (0x20..<0x7F).contains($0) ? Character(UnicodeScalar($0)) : "." })
        let gap = String(repeating: " ", count: 3 * (16 - bytes.count) + 2)
        return padded(String(start, radix: 16), 6) + "  " + digits + gap + text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func escaped(_ text: String, keepsLines: Bool) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where keepsLines: result.append("\n")
            case "\n": result.append("\\n")
            case "\r": result.append("\\r")
            case "\t": result.append(keepsLines ? "\t" : "\\t")
            default:
                if isControl(scalar) {
                    result.append("\\u{" + String(scalar.value, radix: 16) + "}")
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// C0, DEL, C1, and what turns the direction of writing.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
