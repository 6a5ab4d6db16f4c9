/// The addresses that share their first bits: `10.0.0.0/8`, `2001:db8::/32`, or a single one without a length.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    private let first: UInt128
    private let length: Int
    /// As written.
    package let description: String

    /// Parses a range; nil where the address or the length is none. Bits beyond the length do not count.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else { return nil }
        // A mapped address' own length counts from the 97th bit, unless it was written as IPv6.
        let isShort = address.isVersion4 && !parts[0].contains(":")
        let longest = isShort ? 32 : 128
        var length = longest
        if parts.count > 1 {
            guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let given = Int(parts[1]), given <= longest
            else { return nil }
            length = given
        }
        self.length = isShort ? 96 + length : length
        first = address.bits & Self.mask(self.length)
        description = String(text)
    }

    /// Whether an address is one of them.
    package func contains(_ address: IPAddress) -> Bool { address.bits & Self.mask(length) == first }

    private static func mask(_ length: Int) -> UInt128 { length == 0 ? 0 : .max << (128 - length) }
}
