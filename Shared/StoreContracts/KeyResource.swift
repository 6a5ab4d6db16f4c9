package import Foundation
package import StoreDomain

/// An API key as the API shows it: everything but the key.
package struct KeyResource: Hashable, Sendable, Codable {
    /// Its identity.
    package let id: KeyID
    /// Whose it is.
    package let userId: UserID
    /// What its owner calls it.
    package let name: String
    /// How the key begins: by that people recognise it.
    package let prefix: String
    /// What it allows.
    package let scopes: KeyScopes
    /// When it was made.
    package let createdAt: Date
    /// When it ends by itself, if it does.
    package let expiresAt: Date?
    /// When it was last used, to about a minute; nil: never.
    package let lastUsedAt: Date?
    /// When it was ended, if it was.
    package let revokedAt: Date?

    /// Shows a key.
    package init(
        id: KeyID,
        userId: UserID,
        name: String,
        prefix: String,
        scopes: KeyScopes,
        createdAt: Date,
        expiresAt: Date?,
        lastUsedAt: Date?,
        revokedAt: Date?
    ) {
        self.id = id
        self.userId = userId
        self.name = name
        self.prefix = prefix
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
    }
}

/// What store-service is told of a key that was just made. The key itself never travels.
package struct KeyFingerprint: Hashable, Sendable, Codable {
    /// The key's SHA-256, in hexadecimal.
    package let hash: String
    /// How the key begins; tells nothing about the rest.
    package let prefix: String

    /// Describes a key.
    package init(hash: String, prefix: String) {
        self.hash = hash
        self.prefix = prefix
    }
}
