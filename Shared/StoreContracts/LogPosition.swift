/// A place in a container's log: directly after a line. What is read on from here has no line twice and misses none.
///
/// Kubernetes can be asked for lines since a second, and several lines may have one time; so the place is the line's time
/// and its number among those of that time.
package struct LogPosition: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The container's life, as `PodLog.life`.
    package let life: String
    /// The line's time, as `PodLogLine.at`.
    package let at: String
    /// The line is the so manieth of this time, from 1.
    package let count: Int

    /// After the `count`th line of a time.
    package init(life: String, at: String, count: Int) {
        self.life = life
        self.at = at
        self.count = count
    }

    /// The place after the next line. A line without a time counts to the time of the line before.
    package static func after(_ line: PodLogLine, from position: LogPosition?, life: String) -> LogPosition? {
        guard let at = line.at ?? position?.at else { return nil }
        return LogPosition(life: life, at: at, count: at == position?.at ? (position?.count ?? 0) + 1 : 1)
    }

    /// As text: `<life>.<count>.<time>`, the id of a line in a stream of server-sent events.
    package var description: String { "\(life).\(count).\(at)" }

    /// Reads what `description` wrote; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard text.utf8.count <= 96, parts.count == 3, let count = Int(parts[1]), count > 0,
            parts[0].utf8.allSatisfy(Self.isLetterOrDigit), Self.isTime(parts[2])
        else { return nil }
        self.init(life: String(parts[0]), at: String(parts[2]), count: count)
    }

    /// `2026-03-01T12:00:00.123456789Z`, character by character.
    package static func isTime(_ text: some StringProtocol) -> Bool {
        let pattern = "0000-00-00T00:00:00.000000000Z".utf8
        return text.utf8.count == pattern.count
            && zip(text.utf8, pattern).allSatisfy { byte, expected in
                expected == UInt8(ascii: "0")
                    ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == expected
            }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
