/// A store's identity: a ULID, given once and never reused, so that a recreated name inherits nothing.
///
/// 26 characters of Crockford's base 32, so it fits into a label, a subject token and a URL as it is.
package struct StoreID: Hashable, Sendable, CustomStringConvertible {
    /// The ULID as text.
    package let description: String

    /// Accepts a ULID; nil for anything else.
    package init?(_ text: String) {
        guard Identifier.isULID(text) else { return nil }
        description = text
    }
}

/// A user's identity, a ULID like a store's.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    /// The ULID as text.
    package let description: String

    /// Accepts a ULID; nil for anything else.
    package init?(_ text: String) {
        guard Identifier.isULID(text) else { return nil }
        description = text
    }
}

/// The identity of something a user asked for: a creation, a deletion.
package struct OperationID: Hashable, Sendable, CustomStringConvertible {
    /// The ULID as text.
    package let description: String

    /// Accepts a ULID; nil for anything else.
    package init?(_ text: String) {
        guard Identifier.isULID(text) else { return nil }
        description = text
    }
}

/// An API key's identity. Says nothing about the key itself.
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
    /// The ULID as text.
    package let description: String

    /// Accepts a ULID; nil for anything else.
    package init?(_ text: String) {
        guard Identifier.isULID(text) else { return nil }
        description = text
    }
}

enum Identifier {
    static func isULID(_ text: String) -> Bool { text.utf8.count == 26 && text.utf8.allSatisfy(isDigit) }

    /// Of Crockford's base 32, which leaves out I, L, O and U. Every row and every message has several ids, so no set is
    /// asked here.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): !"ILOU".utf8.contains(byte)
        default: false
        }
    }
}
