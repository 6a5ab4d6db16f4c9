package import Foundation
package import StoreDomain

/// `key.v1.list`; answered by `Page<KeyResource>`, the latest first, those that have ended too.
package struct ListKeys: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// Whose keys.
    package let userID: UserID
    /// At most so many, 1 to 100.
    package let limit: Int
    /// Go on where an earlier page ended.
    package let cursor: String?

    /// Makes the request.
    package init(caller: Caller, userID: UserID, limit: Int, cursor: String? = nil) {
        self.caller = caller
        self.userID = userID
        self.limit = limit
        self.cursor = cursor
    }
}

/// `key.v1.create`; answered by `KeyResource`.
package struct CreateKey: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// Whose key it shall be.
    package let userID: UserID
    /// What they shall call it; nil: no name of its own.
    package let name: String?
    /// What it shall allow; nil: what the key does that it is made with.
    package let scopes: KeyScopes?
    /// When it shall end; nil: never.
    package let expiresAt: Date?
    /// The key.
    package let key: KeyFingerprint

    /// Makes the request.
    package init(
        caller: Caller,
        userID: UserID,
        name: String? = nil,
        scopes: KeyScopes? = nil,
        expiresAt: Date? = nil,
        key: KeyFingerprint
    ) {
        self.caller = caller
        self.userID = userID
        self.name = name
        self.scopes = scopes
        self.expiresAt = expiresAt
        self.key = key
    }
}

/// `key.v1.rotate`; answered by `KeyResource`, the new one.
package struct RotateKey: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// Whose key it is.
    package let userID: UserID
    /// The key that is replaced.
    package let keyID: KeyID
    /// How many seconds the replaced key stays valid.
    package let overlapSeconds: Int
    /// The key that takes its place.
    package let key: KeyFingerprint

    /// Makes the request.
    package init(caller: Caller, userID: UserID, keyID: KeyID, overlapSeconds: Int, key: KeyFingerprint) {
        self.caller = caller
        self.userID = userID
        self.keyID = keyID
        self.overlapSeconds = overlapSeconds
        self.key = key
    }
}

/// `key.v1.revoke`; answered by `Done`.
package struct RevokeKey: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// Whose key it is.
    package let userID: UserID
    /// The key.
    package let keyID: KeyID

    /// Makes the request.
    package init(caller: Caller, userID: UserID, keyID: KeyID) {
        self.caller = caller
        self.userID = userID
        self.keyID = keyID
    }
}
