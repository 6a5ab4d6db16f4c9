/// A store's name: a DNS label of 3 to 40 characters that begins with a letter and is not reserved.
///
/// 40, because namespace (`store-<name>`), host and what charts append to it must stay labels of 63.
package struct StoreName: Hashable, Sendable, CustomStringConvertible {
    /// Why a text is no store name.
    package enum Violation: Error, Hashable, Sendable {
        /// Fewer than 3 or more than 40 characters.
        case length
        /// It begins with something else than a lower-case letter.
        case firstCharacter
        /// It ends in a hyphen.
        case lastCharacter
        /// It holds something else than lower-case letters, digits and hyphens.
        case character
        /// It is kept for the platform.
        case reserved

        /// What a person reads.
        package var sentence: String {
            switch self {
            case .length: "must have 3 to 40 characters"
            case .firstCharacter: "must begin with a lower-case letter"
            case .lastCharacter: "must end with a letter or a digit"
            case .character: "must hold only lower-case letters, digits and hyphens"
            case .reserved: "is reserved"
            }
        }
    }

    /// How many characters a name may have.
    package static let lengths = 3...40
    /// Names that are the platform's own.
    package static let reserved: Set<String> = [
        "admin", "api", "app", "auth", "dashboard", "default", "gateway", "health", "ingress", "internal", "mail",
        "metrics", "platform", "root", "status", "store", "stores", "support", "system", "www",
    ]

    /// The name as text.
    package let description: String

    /// Accepts a name; throws a `Violation`.
    package init(_ text: String) throws(Violation) {
        guard Self.lengths.contains(text.utf8.count) else { throw .length }
        guard text.utf8.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: "-") }) else {
            throw .character
        }
        guard let first = text.utf8.first, Self.isLetter(first) else { throw .firstCharacter }
        guard text.utf8.last != UInt8(ascii: "-") else { throw .lastCharacter }
        guard !Self.reserved.contains(text), !text.hasPrefix("kube-") else { throw .reserved }
        description = text
    }

    /// The namespace that is this store's own.
    package var namespace: String { "store-\(description)" }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}

extension StoreName: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(try container.decode(String.self))
        } catch let violation as Violation {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a name \(violation.sentence)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
