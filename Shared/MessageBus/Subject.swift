/// A concrete address of a message: dot-separated tokens, such as `store.v1.create`.
///
/// Tokens hold printable ASCII but none of ` . * > { } :`, because the first token becomes part of a Redis key, where
/// braces would move the hash tag and colons would make two keys collide. At most 256 bytes.
/// Source: NATS subject rules (ADR-6), narrowed.
package struct Subject: Hashable, Sendable, CustomStringConvertible {
    /// The subject as it stands on the wire.
    package let description: String

    /// Parses a subject; throws `BusError.Code.invalidSubject` for empty tokens, wildcards or forbidden characters.
    package init(_ text: String) throws {
        try SubjectTokens.validate(text, allowWildcards: false)
        description = text
    }

    /// A subject put together from constants and from values whose types already keep the rules, such as ids.
    ///
    /// A break of the rules is a mistake in the program, and stops it.
    package init(trusted text: String) {
        precondition((try? SubjectTokens.validate(text, allowWildcards: false)) != nil, "malformed subject: \(text)")
        description = text
    }

    /// The subject's tokens, in order; never empty.
    package var tokens: [Substring] { description.split(separator: ".", omittingEmptySubsequences: false) }

    /// The token that chooses the log a core message travels in.
    package var firstToken: String {
        description.firstIndex(of: ".").map { String(description[..<$0]) } ?? description
    }
}

/// A pattern over subjects: `*` stands for one token, a final `>` for one or more.
package struct SubjectFilter: Hashable, Sendable, CustomStringConvertible {
    /// The filter as text.
    package let description: String
    private let tokens: [String]
    private let hasWildcard: Bool

    /// Parses a filter; throws `BusError.Code.invalidSubject` when `>` is not last, a token is empty or has a
    /// forbidden character.
    package init(_ text: String) throws {
        try SubjectTokens.validate(text, allowWildcards: true)
        description = text
        tokens = text.split(separator: ".").map(String.init)
        hasWildcard = tokens.contains { $0 == "*" || $0 == ">" }
    }

    /// A filter put together like `Subject(trusted:)`.
    package init(trusted text: String) {
        precondition((try? SubjectTokens.validate(text, allowWildcards: true)) != nil, "malformed filter: \(text)")
        description = text
        tokens = text.split(separator: ".").map(String.init)
        hasWildcard = tokens.contains { $0 == "*" || $0 == ">" }
    }

    /// The filter that only this subject passes.
    package init(_ subject: Subject) {
        description = subject.description
        tokens = subject.tokens.map(String.init)
        hasWildcard = false
    }

    /// The first token, or nil where it is a wildcard.
    package var firstToken: String? {
        guard let first = tokens.first, first != "*", first != ">" else { return nil }
        return first
    }

    /// Whether a subject passes.
    package func matches(_ subject: Subject) -> Bool {
        guard hasWildcard else { return subject.description == description }
        // One pass without allocations: every consumer asks it of every message of its stream.
        var (pattern, text) = (description, subject.description)
        return pattern.withUTF8 { pattern in text.withUTF8 { Self.matches(pattern, $0) } }
    }

    /// Both are well formed: no empty tokens, a wildcard is a token of its own, `>` is the last one.
    private static func matches(_ pattern: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let dot = UInt8(ascii: ".")
        var (place, next) = (0, 0)
        while place < pattern.count, next < text.count {
            switch pattern[place] {
            case UInt8(ascii: ">"): return true
            case UInt8(ascii: "*"):
                place += 1
                while next < text.count, text[next] != dot { next += 1 }
            case text[next]:
                place += 1
                next += 1
            default: return false
            }
        }
        return place == pattern.count && next == text.count
    }
}

enum SubjectTokens {
    private static let maximumLength = 256

    static func validate(_ text: String, allowWildcards: Bool) throws {
        guard !text.isEmpty, text.utf8.count <= maximumLength else {
            throw BusError(.invalidSubject, "a subject has 1 to \(maximumLength) bytes")
        }
        // One pass without allocations: every message read goes through here.
        var text = text
        let flaw = text.withUTF8 { Self.flaw(in: $0, allowWildcards: allowWildcards) }
        if let flaw { throw BusError(.invalidSubject, flaw) }
    }

    private static func flaw(in bytes: UnsafeBufferPointer<UInt8>, allowWildcards: Bool) -> String? {
        var start = 0
        for index in 0...bytes.count where index == bytes.count || bytes[index] == UInt8(ascii: ".") {
            defer { start = index + 1 }
            guard index > start else { return "a subject has no empty token" }
            if allowWildcards, index == start + 1 {
                if bytes[start] == UInt8(ascii: "*") { continue }
                if bytes[start] == UInt8(ascii: ">"), index == bytes.count { continue }
            }
            guard bytes[start..<index].allSatisfy(isAllowed) else {
                return "a subject's token is printable ASCII without . * > { } : and space"
            }
        }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        guard byte > 0x20, byte < 0x7F else { return false }
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: ">"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ":"): return false
        default: return true
        }
    }
}
