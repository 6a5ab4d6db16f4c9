import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

/// An event before it has its number.
struct EventDraft: Sendable, Hashable {
    let storeID: StoreID
    let ownerID: UserID
    let event: String
    let message: String
    var metadata: [String: JSONValue] = [:]
    let createdAt: Date
}

/// An event with a number that was made for it.
struct NumberedEvent: Sendable, Hashable {
    let id: Int64
    let draft: EventDraft

    var resource: EventResource {
        EventResource(
            id: id,
            storeId: draft.storeID,
            event: draft.event,
            message: draft.message,
            metadata: draft.metadata,
            createdAt: draft.createdAt
        )
    }
}

/// The timelines of stores, also of those that are gone.
protocol TimelineRepository: Sendable {
    /// Adds an event. Whoever holds the store's lock adds the larger number, so readers miss none.
    func append(_ draft: EventDraft) async throws -> EventResource
    /// Adds events of stores that nobody can see yet.
    func append(_ events: [NumberedEvent]) async throws
    /// At most `limit` events with larger numbers, oldest first.
    func events(of store: StoreID, after id: Int64, limit: Int) async throws -> [EventResource]
    /// Whose events they are; nil when there are none.
    func timelineOwner(of store: StoreID) async throws -> UserID?
}
