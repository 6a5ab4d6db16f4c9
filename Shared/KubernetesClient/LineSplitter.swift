/// Cuts a stream of bytes into lines; an unfinished line waits for its rest.
struct LineSplitter: Sendable {
    private var rest: [UInt8] = []

    /// The lines that are complete now, without their ends; empty lines are left out.
    mutating func lines(adding bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte != UInt8(ascii: "\n") {
                rest.append(byte)
            } else if !rest.isEmpty {
                lines.append(rest)
                rest = []
            }
        }
        return lines
    }
}
