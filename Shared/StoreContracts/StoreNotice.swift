package import StoreDomain

/// Something that store-service recorded, for dashboards and collectors: stream `STORES`, `stores.<id>.<kind>`.
package struct StoreNotice: Hashable, Sendable, Codable {
    /// What was recorded; the subject's last token.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The store is new: `store`, with the operation that makes it and how its timeline begins.
        case created
        /// The store is now as `store` says.
        case changed
        /// The timeline goes on with `events`.
        case recorded
        /// The store's record is gone.
        case removed
        /// An operation is now as `operation` says.
        case operation
    }

    /// What was recorded.
    package let kind: Kind
    /// The store.
    package let storeID: StoreID
    /// Whose store it is: dashboards show it to them alone.
    package let ownerID: UserID
    /// For `created` and `changed`.
    package let store: StoreResource?
    /// For `created` and `recorded`, in their order.
    package let events: [EventResource]?
    /// For `created` and `operation`.
    package let operation: OperationResource?

    /// Makes a notice.
    package init(
        kind: Kind,
        storeID: StoreID,
        ownerID: UserID,
        store: StoreResource? = nil,
        events: [EventResource]? = nil,
        operation: OperationResource? = nil
    ) {
        self.kind = kind
        self.storeID = storeID
        self.ownerID = ownerID
        self.store = store
        self.events = events
        self.operation = operation
    }
}
