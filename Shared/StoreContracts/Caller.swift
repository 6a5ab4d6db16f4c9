package import StoreDomain

/// Who asks: filled in by the gateway after it authenticated, believed by store-service.
package struct Caller: Hashable, Sendable, Codable {
    /// What a user may do.
    package enum Role: String, Hashable, Sendable, Codable, CaseIterable {
        /// Everything, with everyone's stores.
        case admin
        /// Everything with their own.
        case member
        /// Look at their own.
        case viewer
    }

    /// The user.
    package let userID: UserID
    /// What they may do.
    package let role: Role
    /// What the key they came with lets them do of that.
    package let scopes: KeyScopes
    /// The key they came with, or signed in with; nil where the platform itself asks.
    package let keyID: KeyID?
    /// The characters by which people recognise that key.
    package let keyPrefix: String?
    /// The client's address, as far as it can be trusted.
    package let address: String?
    /// The request's id, which is in the answer and in every log line about it.
    package let requestID: String?

    /// Names a caller.
    package init(
        userID: UserID,
        role: Role,
        scopes: KeyScopes = .all,
        keyID: KeyID? = nil,
        keyPrefix: String? = nil,
        address: String? = nil,
        requestID: String? = nil
    ) {
        self.userID = userID
        self.role = role
        self.scopes = scopes
        self.keyID = keyID
        self.keyPrefix = keyPrefix
        self.address = address
        self.requestID = requestID
    }

    /// The same caller with one request, which came from an address.
    package func asking(from address: String, requestID: String) -> Caller {
        Caller(
            userID: userID,
            role: role,
            scopes: scopes,
            keyID: keyID,
            keyPrefix: keyPrefix,
            address: address,
            requestID: requestID
        )
    }
}

extension Caller.Role: Comparable {
    /// Whether the left one may do less.
    package static func < (left: Caller.Role, right: Caller.Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .member: 1
        case .admin: 2
        }
    }
}
