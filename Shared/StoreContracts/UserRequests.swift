package import StoreDomain

/// `user.v1.create`; answered by `UserResource`. The first key allows what the key does that it is made with.
package struct CreateUser: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// Their address.
    package let email: EmailAddress
    /// What they are called.
    package let name: String
    /// What they may do.
    package let role: Caller.Role
    /// How many stores they may have; nil: as many as is usual.
    package let maxStores: Int?
    /// Their first key.
    package let key: KeyFingerprint

    /// Makes the request.
    package init(
        caller: Caller,
        email: EmailAddress,
        name: String,
        role: Caller.Role,
        maxStores: Int?,
        key: KeyFingerprint
    ) {
        self.caller = caller
        self.email = email
        self.name = name
        self.role = role
        self.maxStores = maxStores
        self.key = key
    }
}

/// `user.v1.get` and `.delete`; answered by `UserResource` and `Done`.
package struct UserRequest: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// About whom.
    package let userID: UserID

    /// Makes the request.
    package init(caller: Caller, userID: UserID) {
        self.caller = caller
        self.userID = userID
    }
}

/// `user.v1.list`; answered by `Page<UserResource>`, the latest first.
package struct ListUsers: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// Only whose name or address holds this text, in whatever case.
    package let query: String?
    /// Only with this role.
    package let role: Caller.Role?
    /// At most so many, 1 to 100.
    package let limit: Int
    /// Go on where an earlier page ended.
    package let cursor: String?

    /// Makes the request.
    package init(caller: Caller, query: String?, role: Caller.Role?, limit: Int, cursor: String?) {
        self.caller = caller
        self.query = query
        self.role = role
        self.limit = limit
        self.cursor = cursor
    }
}

/// `user.v1.update`; answered by `UserResource`. What is nil stays as it is.
package struct UpdateUser: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// About whom.
    package let userID: UserID
    /// Their address.
    package let email: EmailAddress?
    /// What they are called.
    package let name: String?
    /// What they may do.
    package let role: Caller.Role?
    /// How many stores they may have.
    package let maxStores: Int?
    /// What the user must still be like when the change is made; nil: whatever they are like.
    package let expected: UserResource?

    /// Makes the request.
    package init(
        caller: Caller,
        userID: UserID,
        email: EmailAddress? = nil,
        name: String? = nil,
        role: Caller.Role? = nil,
        maxStores: Int? = nil,
        expected: UserResource? = nil
    ) {
        self.caller = caller
        self.userID = userID
        self.email = email
        self.name = name
        self.role = role
        self.maxStores = maxStores
        self.expected = expected
    }
}

/// The answer where there is nothing to tell but that it is done.
package struct Done: Hashable, Sendable, Codable {
    /// It is done.
    package init() {}
}
