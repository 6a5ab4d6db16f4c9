/// A message's place in a stream: milliseconds of the server's clock, then a counter within that millisecond.
///
/// Takes the place of JetStream's sequence numbers: it orders totally and tells the time. Text form `ms-seq`, as in Redis.
package struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970 by the server's clock.
    package let milliseconds: UInt64
    /// Counts within the millisecond.
    package let sequence: UInt64

    /// Before every message.
    package static let zero = StreamID(milliseconds: 0, sequence: 0)

    /// Puts an id together.
    package init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// Parses `ms-seq`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = UInt64(parts[0]), let sequence = UInt64(parts[1]) else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    package var description: String { "\(milliseconds)-\(sequence)" }

    package static func < (left: StreamID, right: StreamID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}
