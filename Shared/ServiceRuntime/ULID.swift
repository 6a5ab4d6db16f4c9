package import FoundationEssentials

/// An identifier that sorts by the time it was made: 48 bits of milliseconds and 80 random bits, 26 characters of
/// Crockford's base 32.
package struct ULID: Sendable, Hashable {
    /// The 26 characters, upper case.
    package let string: String

    /// Makes a new one; the caller hands in time and randomness.
    package init(now: Date, random: inout some RandomNumberGenerator) {
        let milliseconds = UInt64(max(0, (now.timeIntervalSince1970 * 1000).rounded())) & 0xFFFF_FFFF_FFFF
        var characters = [UInt8]()
        characters.reserveCapacity(26)
        for position in 0..<10 {
            characters.append(Self.alphabet[Int(milliseconds >> UInt64(45 - position * 5) & 31)])
        }
        for _ in 0..<2 {
            let bits = random.next()
            for position in 0..<8 { characters.append(Self.alphabet[Int(bits >> UInt64(position * 5) & 31)]) }
        }
        self.string = String(decoding: characters, as: UTF8.self)
    }

    /// Makes a new one from the system's clock and randomness.
    package static func generate() -> ULID {
        var random = PooledRandom()
        return ULID(now: Date(), random: &random)
    }

    /// Accepts exactly the canonical form, letters in either case; nil for anything else.
    package init?(_ text: String) {
        let upper = text.uppercased()
        let bytes = Array(upper.utf8)
        guard bytes.count == 26, let first = bytes.first, first <= UInt8(ascii: "7"),
            bytes.allSatisfy(Self.alphabet.contains)
        else { return nil }
        self.string = upper
    }

    /// When it was made, to the millisecond.
    package var date: Date {
        let milliseconds = string.utf8.prefix(10).reduce(UInt64(0)) { value, byte in
            value << 5 | UInt64(Self.alphabet.firstIndex(of: byte) ?? 0)
        }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}

extension ULID: Comparable, CustomStringConvertible, Codable {
    /// Earlier ones are smaller.
    package static func < (left: ULID, right: ULID) -> Bool { left.string < right.string }

    /// The 26 characters.
    package var description: String { string }

    /// Reads the 26 characters.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = ULID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a ULID")
        }
        self = value
    }

    /// Writes the 26 characters.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(string)
    }
}
