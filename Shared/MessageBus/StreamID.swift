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

    /// Parses `ms-seq`, two unsigned decimal numbers; nil for anything else.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let id = text.withUTF8({ StreamID(wire: $0) }) else { return nil }
        self = id
    }

    /// Parses the same from bytes, without making a string of them.
    package init?(wire bytes: UnsafeBufferPointer<UInt8>) {
        guard let dash = bytes.firstIndex(of: UInt8(ascii: "-")),
            let milliseconds = Self.number(bytes[..<dash]), let sequence = Self.number(bytes[(dash + 1)...])
        else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, isProductTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isSumTooLarge) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            guard !isProductTooLarge, !isSumTooLarge else { return nil }
            value = sum
        }
        return value
    }

    package var description: String { "\(milliseconds)-\(sequence)" }

    /// The greatest place before this one; `.zero` has none and stays itself.
    package var predecessor: StreamID {
        if sequence > 0 { return StreamID(milliseconds: milliseconds, sequence: sequence - 1) }
        return milliseconds > 0 ? StreamID(milliseconds: milliseconds - 1, sequence: .max) : .zero
    }

    package static func < (left: StreamID, right: StreamID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}
