package import StoreDomain

/// Something that store-service recorded, for dashboards and collectors: stream `STORES`, `stores.<id>.<kind>`.
package struct StoreNotice: Hashable, Sendable, Codable {
    /// What was recorded; the subject's last token.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The store is now as `store` says.
        case changed
        /// An event was added to the timeline; `event` is it.
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
    /// For `changed`.
    package let store: StoreResource?
    /// For `recorded`.
    package let event: EventResource?
    /// For `operation`.
    package let operation: OperationResource?

    /// Makes a notice.
    package init(
        kind: Kind,
        storeID: StoreID,
        ownerID: UserID,
        store: StoreResource? = nil,
        event: EventResource? = nil,
        operation: OperationResource? = nil
    ) {
        self.kind = kind
        self.storeID = storeID
        self.ownerID = ownerID
        self.store = store
        self.event = event
        self.operation = operation
    }
}
