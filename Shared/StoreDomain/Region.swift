/// A cluster, by the name the platform knows it by: lower-case letters, digits and hyphens, at most 32.
package struct Region: Hashable, Sendable, CustomStringConvertible {
    /// What a region's name looks like, for whoever gave another.
    package static let rule = "lower-case letters, digits and hyphens, at most 32"

    /// The region as text.
    package let description: String

    /// Accepts a region's name; nil for anything else.
    package init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { byte in
            (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
                || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || byte == UInt8(ascii: "-")
        }
        guard allowed, (1...32).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "-") else { return nil }
        description = text
    }
}

extension Region: Codable {
    package init(from decoder: any Decoder) throws {
        self = try Identifier.decode(Region.init, from: decoder)
    }

    package func encode(to encoder: any Encoder) throws { try Identifier.encode(description, to: encoder) }
}
