package import StoreDomain

/// `store.v1.create`; answered by `StoreAccepted`.
package struct CreateStore: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// The store's name.
    package let name: StoreName
    /// What it shall run.
    package let engine: Engine
    /// How much it may use.
    package let plan: Plan
    /// Where; nil: the platform's own region.
    package let region: Region?
    /// What people call it.
    package let displayName: String
    /// Whether it shall refuse to be deleted.
    package let deletionProtection: Bool
    /// The client's idempotency key.
    package let idempotencyKey: String?

    /// Makes the request.
    package init(
        caller: Caller,
        name: StoreName,
        engine: Engine,
        plan: Plan,
        region: Region?,
        displayName: String,
        deletionProtection: Bool = false,
        idempotencyKey: String?
    ) {
        self.caller = caller
        self.name = name
        self.engine = engine
        self.plan = plan
        self.region = region
        self.displayName = displayName
        self.deletionProtection = deletionProtection
        self.idempotencyKey = idempotencyKey
    }
}

/// `store.v1.update`; answered by `StoreResource`. What is nil stays as it is.
package struct UpdateStore: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// Which store.
    package let storeID: StoreID
    /// What people shall call it.
    package let displayName: String?
    /// Whether it shall refuse to be deleted.
    package let deletionProtection: Bool?
    /// What the store must still be like, member by member, when the change is made; `PRECONDITION_FAILED` when it is not.
    /// Nil: whatever it is like.
    package let expected: StoreResource?

    /// Makes the request.
    package init(
        caller: Caller,
        storeID: StoreID,
        displayName: String?,
        deletionProtection: Bool?,
        expected: StoreResource? = nil
    ) {
        self.caller = caller
        self.storeID = storeID
        self.displayName = displayName
        self.deletionProtection = deletionProtection
        self.expected = expected
    }
}

/// `store.v1.get`, `.delete` and `.retry`; answered by `StoreResource`, `StoreAccepted` and `StoreAccepted`.
package struct StoreRequest: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// About which store.
    package let storeID: StoreID

    /// Makes the request.
    package init(caller: Caller, storeID: StoreID) {
        self.caller = caller
        self.storeID = storeID
    }
}

/// `store.v1.operation`; answered by `OperationResource`.
package struct OperationRequest: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// About which operation.
    package let operationID: OperationID

    /// Makes the request.
    package init(caller: Caller, operationID: OperationID) {
        self.caller = caller
        self.operationID = operationID
    }
}

/// `store.v1.operations`; answered by `Page<OperationResource>`, newest first. One page: nobody has more under way than
/// stores, nor asks for more than a store's last few.
package struct ListOperations: Hashable, Sendable, Codable {
    /// Who asks; members see their own, admins all.
    package let caller: Caller
    /// Of this store, those that have ended too; nil: those under way, of all stores.
    package let storeID: StoreID?
    /// At most so many, 1 to 500.
    package let limit: Int

    /// Makes the request.
    package init(caller: Caller, storeID: StoreID?, limit: Int) {
        self.caller = caller
        self.storeID = storeID
        self.limit = limit
    }
}

/// `store.v1.list`; answered by `Page<StoreResource>`. `StoreListQuery` says what it means.
package struct ListStores: Hashable, Sendable, Codable {
    /// Who asks; members see their own, admins all.
    package let caller: Caller
    /// Only with this status.
    package let status: StoreStatus?
    /// Only of this engine.
    package let engine: Engine?
    /// Only of this plan.
    package let plan: Plan?
    /// Only in this region.
    package let region: Region?
    /// Only of this user, for admins; members see their own whatever is asked for.
    package let owner: UserID?
    /// Only those that were READY and do not sell now, or only the others.
    package let degraded: Bool?
    /// Only whose name or display name holds this text.
    package let query: String?
    /// In this order; nil: newest first.
    package let sort: StoreListSort?
    /// At most so many, 1 to 100.
    package let limit: Int
    /// Go on where an earlier page ended.
    package let cursor: String?

    /// Makes the request.
    package init(
        caller: Caller,
        status: StoreStatus?,
        engine: Engine?,
        plan: Plan? = nil,
        region: Region? = nil,
        owner: UserID? = nil,
        degraded: Bool? = nil,
        query: String?,
        sort: StoreListSort? = nil,
        limit: Int,
        cursor: String?
    ) {
        self.caller = caller
        self.status = status
        self.engine = engine
        self.plan = plan
        self.region = region
        self.owner = owner
        self.degraded = degraded
        self.query = query
        self.sort = sort
        self.limit = limit
        self.cursor = cursor
    }
}

/// `store.v1.events`; answered by `Page<EventResource>`, oldest first.
package struct ListEvents: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// About which store.
    package let storeID: StoreID
    /// At most so many, 1 to 500.
    package let limit: Int
    /// Go on where an earlier page ended.
    package let cursor: String?

    /// Makes the request.
    package init(caller: Caller, storeID: StoreID, limit: Int, cursor: String?) {
        self.caller = caller
        self.storeID = storeID
        self.limit = limit
        self.cursor = cursor
    }
}

/// `auth.v1.verify`; answered by `VerifiedKey`, or the fault `UNAUTHENTICATED`.
package struct VerifyKey: Hashable, Sendable, Codable {
    /// The key's SHA-256, in hexadecimal: the key itself never travels.
    package let keyHash: String

    /// Makes the request.
    package init(keyHash: String) { self.keyHash = keyHash }
}

/// `auth.v1.signIn`; answered as `auth.v1.verify`.
package struct SignIn: Hashable, Sendable, Codable {
    /// The key's SHA-256, in hexadecimal: the key itself never travels.
    package let keyHash: String
    /// The client's address, as far as it can be trusted.
    package let address: String
    /// The request's id.
    package let requestID: String

    /// Makes the request.
    package init(keyHash: String, address: String, requestID: String) {
        self.keyHash = keyHash
        self.address = address
        self.requestID = requestID
    }
}
