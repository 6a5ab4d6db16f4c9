/// What a program wrote, as a page or a terminal may have it. Pure.
///
/// Colours and the like (ANSI sequences) are left out. Every other control character is shown as its picture, as are the
/// marks that turn the direction of writing; bytes that are no UTF-8 become U+FFFD. Tabs stay.
enum HarmlessText {
    static func make(_ bytes: [UInt8]) -> String {
        // Almost every line is plain.
        if bytes.allSatisfy({ ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x09 }) {
            return String(decoding: bytes, as: UTF8.self)
        }
        var shown = String.UnicodeScalarView()
        var sequence = AnsiSequence.none
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if sequence.takes(scalar) { continue }
            shown.append(picture(of: scalar))
        }
        return String(shown)
    }

    private static func picture(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x09: scalar
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        case 0x80..<0xA0, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: "\u{FFFD}"
        default: scalar
        }
    }
}

/// Where one is in a sequence that an escape character began (ECMA-48): `ESC [ … letter`, `ESC ] … BEL`, or one more
/// character.
private enum AnsiSequence {
    case none
    case escape
    /// Parameters until a final character.
    case control
    /// A text until BEL or `ESC \`.
    case string

    /// Whether the character is part of a sequence, and so is left out.
    mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
        switch (self, scalar.value) {
        case (.none, 0x1B), (.string, 0x1B): self = .escape
        case (.none, _): return false
        case (.escape, 0x5B): self = .control
        case (.escape, 0x5D): self = .string
        case (.escape, 0x20..<0x30): break
        case (.escape, _): self = .none
        case (.control, 0x40...0x7E): self = .none
        case (.control, 0x20..<0x40): break
        // Not a sequence after all: what was taken for one is gone, this is not.
        case (.control, _):
            self = .none
            return false
        case (.string, 0x07): self = .none
        case (.string, _): break
        }
        return true
    }
}
