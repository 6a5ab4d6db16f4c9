package import Foundation
package import ServiceRuntime
package import StoreDomain

/// One line of a store's timeline.
package struct EventResource: Hashable, Sendable, Codable {
    /// Counts over all stores; later is larger.
    package let id: Int64
    /// The store.
    package let storeId: StoreID
    /// What happened, such as `releaseInstalled`.
    package let event: String
    /// A sentence.
    package let message: String
    /// More, without secrets.
    package let metadata: [String: JSONValue]
    /// When.
    package let createdAt: Date

    /// Shows an event.
    package init(
        id: Int64,
        storeId: StoreID,
        event: String,
        message: String,
        metadata: [String: JSONValue],
        createdAt: Date
    ) {
        self.id = id
        self.storeId = storeId
        self.event = event
        self.message = message
        self.metadata = metadata
        self.createdAt = createdAt
    }
}
