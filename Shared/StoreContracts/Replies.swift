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
