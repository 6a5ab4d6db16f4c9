package import Foundation
package import StoreDomain

/// Who a key belongs to, and what it allows. Answer to `auth.v1.verify` and `auth.v1.signIn`.
package struct VerifiedKey: Hashable, Sendable, Codable {
    /// The key, without what is secret about it; a part of `GET /api/me`.
    package struct Key: Hashable, Sendable, Codable {
        /// Its identity.
        package let id: KeyID
        /// What its owner calls it.
        package let name: String
        /// The characters by which people recognise it.
        package let prefix: String
        /// What it allows.
        package let scopes: KeyScopes
        /// When it ends, if it does: nobody may take it for valid from then on.
        package let expiresAt: Date?

        /// Describes a key.
        package init(id: KeyID, name: String, prefix: String, scopes: KeyScopes, expiresAt: Date?) {
            self.id = id
            self.name = name
            self.prefix = prefix
            self.scopes = scopes
            self.expiresAt = expiresAt
        }
    }

    /// The user, as a caller who came with this key.
    package let caller: Caller
    /// The user.
    package let user: UserResource
    /// The key.
    package let key: Key

    /// Makes the answer.
    package init(user: UserResource, key: Key) {
        caller = Caller(
            userID: user.id,
            role: user.role,
            scopes: key.scopes,
            keyID: key.id,
            keyPrefix: key.prefix
        )
        self.user = user
        self.key = key
    }
}
