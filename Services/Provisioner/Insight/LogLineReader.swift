/// A line as the container wrote it, before anything is taken out of it.
struct RawLogLine: Sendable, Hashable {
    /// As `PodLogLine.at`.
    let at: String?
    let bytes: [UInt8]
    /// How many bytes of it were let go because it is too long.
    let dropped: Int
}

/// Cuts a log that comes in pieces into lines. Pure; keeps at most one line, and of that the beginning.
struct LogLineReader: Sendable {
    /// Of a longer line the rest is let go. More than is shown, so that a password at the end of that is known as one.
    static let longest = 18 << 10

    private var rest: [UInt8] = []
    private var dropped = 0

    /// The lines that are complete now, without their ends.
    mutating func lines(adding piece: [UInt8]) -> [RawLogLine] {
        var lines: [RawLogLine] = []
        var start = 0
        while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
            keep(piece[start..<end])
            lines.append(take())
            start = end + 1
        }
        keep(piece[start...])
        return lines
    }

    /// What came last, where it has no end; nil where everything was given.
    mutating func end() -> RawLogLine? { rest.isEmpty ? nil : take() }

    private mutating func keep(_ part: ArraySlice<UInt8>) {
        let room = Self.longest - rest.count
        rest += part.prefix(room)
        dropped += max(0, part.count - room)
    }

    private mutating func take() -> RawLogLine {
        defer { (rest, dropped) = ([], 0) }
        if dropped == 0, rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        guard let space = rest.prefix(40).firstIndex(of: UInt8(ascii: " ")), let at = LogTime.text(rest[..<space])
        else {
            return RawLogLine(at: nil, bytes: rest, dropped: dropped)
        }
        return RawLogLine(at: at, bytes: Array(rest[(space + 1)...]), dropped: dropped)
    }
}
