/// A store that was accepted for work, and the operation that tells of it.
package struct StoreAccepted: Hashable, Sendable, Codable {
    /// The store.
    package let store: StoreResource
    /// The operation.
    package let operation: OperationResource

    /// Puts both together.
    package init(store: StoreResource, operation: OperationResource) {
        self.store = store
        self.operation = operation
    }
}

/// One page of a list.
package struct Page<Item: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
    /// What is on it.
    package let items: [Item]
    /// Where the next one begins; nil on the last.
    package let nextCursor: String?

    /// Makes a page.
    package init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}

/// Who a key belongs to.
package struct VerifiedKey: Hashable, Sendable, Codable {
    /// The user, as a caller.
    package let caller: Caller
    /// Their address.
    package let email: String
    /// Their name.
    package let name: String
    /// How many stores they may have.
    package let maxStores: Int
    /// How many they have.
    package let usedStores: Int

    /// Makes the answer.
    package init(caller: Caller, email: String, name: String, maxStores: Int, usedStores: Int) {
        self.caller = caller
        self.email = email
        self.name = name
        self.maxStores = maxStores
        self.usedStores = usedStores
    }
}
