/// One thing a key lets its bearer do, as far as the user's role allows it.
package enum KeyScope: String, Hashable, Sendable, Codable, CaseIterable {
    /// Look at things.
    case read
    /// Change things.
    case write
    /// See a store's passwords, and have others made.
    case reveal
}

/// What a key lets its bearer do. Travels as a list in the order of `KeyScope`, so that equal ones have equal bytes.
package struct KeyScopes: Hashable, Sendable {
    /// Everything.
    package static let all = KeyScopes(KeyScope.allCases)

    private let members: Set<KeyScope>

    /// Takes each once.
    package init(_ scopes: some Sequence<KeyScope>) { members = Set(scopes) }

    /// In the order of `KeyScope`.
    package var list: [KeyScope] { KeyScope.allCases.filter(members.contains) }

    /// Whether it allows that.
    package func contains(_ scope: KeyScope) -> Bool { members.contains(scope) }

    /// Whether the other one allows all that this one does.
    package func isSubset(of other: KeyScopes) -> Bool { members.isSubset(of: other.members) }
}

extension KeyScopes: Codable {
    /// Reads a list; throws `DecodingError` for a scope that is not known here.
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([KeyScope].self))
    }

    /// Writes the list.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(list)
    }
}
