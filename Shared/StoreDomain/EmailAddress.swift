/// The address of a user. Compared without regard to case; kept as it was written.
///
/// What nearly every mail server takes, and no more: ASCII, one `@`, dots between labels. Whether mail arrives there is not
/// asked: the platform sends none.
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    /// What an address must be, as the rest of a sentence.
    package static let rule = "must be an address like name@example.com, at most 254 characters"

    /// The address.
    package let description: String

    /// Accepts an address; nil for anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].count),
            Self.areAtoms(parts[0], Self.isAtomCharacter), Self.areAtoms(parts[1], Self.isLabelCharacter)
        else { return nil }
        description = text
    }

    /// Whether it is one or more words with a dot between each two.
    private static func areAtoms(_ text: Substring.UTF8View, _ isAllowed: (UInt8) -> Bool) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            (1...64).contains(atom.count) && atom.allSatisfy(isAllowed)
        }
    }

    private static func isLabelCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        isLabelCharacter(byte) || "!#$%&'*+/=?^_`{|}~".utf8.contains(byte)
    }
}

extension EmailAddress: Codable {
    package init(from decoder: any Decoder) throws {
        self = try Identifier.decode(EmailAddress.init, from: decoder)
    }

    package func encode(to encoder: any Encoder) throws { try Identifier.encode(description, to: encoder) }
}
