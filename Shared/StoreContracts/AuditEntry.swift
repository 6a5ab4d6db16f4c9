package import Foundation
package import ServiceRuntime
package import StoreDomain

/// Who did what, when and from where.
package struct AuditEntry: Hashable, Sendable, Codable {
    /// Who did it.
    package struct Actor: Hashable, Sendable, Codable {
        /// The user; nil: nobody who is known, as where a sign-in failed.
        package let userId: UserID?
        /// What they were called then.
        package let name: String
        /// How the key began that they used.
        package let keyPrefix: String?

        /// Names an actor.
        package init(userId: UserID?, name: String, keyPrefix: String?) {
            self.userId = userId
            self.name = name
            self.keyPrefix = keyPrefix
        }
    }

    /// Its number; no order can be told from it.
    package let id: Int64
    /// When.
    package let at: Date
    /// Who did it.
    package let actor: Actor
    /// One of `AuditAction`, or what a newer version of the platform does.
    package let action: String
    /// The store it was done to.
    package let storeId: StoreID?
    /// What it was done to, as people called it.
    package let target: String?
    /// The address it was done from; empty where the platform itself did it.
    package let address: String
    /// The request it was done by; empty like it.
    package let requestId: String
    /// More, without secrets.
    package let metadata: [String: JSONValue]

    /// Makes an entry.
    package init(
        id: Int64,
        at: Date,
        actor: Actor,
        action: String,
        storeId: StoreID?,
        target: String?,
        address: String,
        requestId: String,
        metadata: [String: JSONValue]
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.action = action
        self.storeId = storeId
        self.target = target
        self.address = address
        self.requestId = requestId
        self.metadata = metadata
    }
}

/// `audit.v1.list`; answered by `Page<AuditEntry>`, newest first. What is nil is not asked for.
package struct ListAudit: Hashable, Sendable, Codable {
    /// Who asks; admins see all, others what they did and what was done to what is theirs.
    package let caller: Caller
    /// Only done by this user.
    package let actor: UserID?
    /// Only this.
    package let action: AuditAction?
    /// Only done to this store.
    package let storeID: StoreID?
    /// Only entries whose action, actor, target, address or request id hold this text, in whatever case.
    package let query: String?
    /// Only from then on.
    package let from: Date?
    /// Only before then.
    package let to: Date?
    /// At most so many, 1 to 200.
    package let limit: Int
    /// Go on where an earlier page ended.
    package let cursor: String?

    /// Makes the request.
    package init(
        caller: Caller,
        actor: UserID? = nil,
        action: AuditAction? = nil,
        storeID: StoreID? = nil,
        query: String? = nil,
        from: Date? = nil,
        to: Date? = nil,
        limit: Int,
        cursor: String? = nil
    ) {
        self.caller = caller
        self.actor = actor
        self.action = action
        self.storeID = storeID
        self.query = query
        self.from = from
        self.to = to
        self.limit = limit
        self.cursor = cursor
    }
}
