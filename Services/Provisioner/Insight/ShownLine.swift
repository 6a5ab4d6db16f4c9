import StoreContracts

/// A line as it leaves the provisioner: harmless, without passwords, not too long. Pure.
enum ShownLine {
    /// Bytes of a line that are shown.
    static let longest = 16 << 10

    static func make(_ line: RawLogLine, _ redaction: SecretRedaction) -> PodLogLine {
        // Made harmless first: a password with a colour in the middle is one as well. Cut last: half a password is not
        // known as one.
        let text = redaction(HarmlessText.make(line.bytes))
        guard text.utf8.count > longest || line.dropped > 0 else { return PodLogLine(at: line.at, text: text) }
        var kept = String(decoding: text.utf8.prefix(longest), as: UTF8.self)
        // A character that was cut in its middle.
        if kept.unicodeScalars.last == "\u{FFFD}" { kept.unicodeScalars.removeLast() }
        return PodLogLine(at: line.at, text: kept + " … (cut: the line has \(line.bytes.count + line.dropped) bytes)")
    }

    /// About how many bytes it takes in a message.
    static func cost(_ line: PodLogLine) -> Int {
        64
            + line.text.utf8.reduce(0) {
                $0 + ($1 == UInt8(ascii: "\"") || $1 == UInt8(ascii: "\\") || $1 == 0x09 ? 2 : 1)
            }
    }
}
