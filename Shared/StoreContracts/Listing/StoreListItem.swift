package import Foundation
package import StoreDomain

/// What the rules of a list look at in a store.
package struct StoreListItem: Hashable, Sendable {
    /// The store.
    package let id: StoreID
    /// Whose it is.
    package let owner: UserID
    /// Its name.
    package let name: String
    /// Where it is in its life.
    package let status: StoreStatus
    /// What it runs.
    package let engine: Engine
    /// How much it may use.
    package let plan: Plan
    /// Where.
    package let region: Region
    /// Whether it was READY and does not sell now.
    package let isDegraded: Bool
    /// When it was accepted, in milliseconds since 1970.
    package let createdAt: Int64
    /// When it last changed, in milliseconds since 1970.
    package let updatedAt: Int64
    /// Name and display name in lower case, a line each: no text that is looked for holds a line's end.
    package let searchText: String

    /// Picks it out of a store.
    package init(_ store: StoreResource) {
        id = store.id
        owner = store.owner
        name = store.name.description
        status = store.status
        engine = store.engine
        plan = store.plan
        region = store.region
        isDegraded = store.conditions.contains { $0.type == .degraded && $0.status == .yes }
        createdAt = Self.milliseconds(store.createdAt)
        updatedAt = Self.milliseconds(store.updatedAt)
        searchText = "\(store.name)\n\(store.displayName.lowercased())"
    }

    /// Takes the parts, as they were written down.
    init(
        id: StoreID,
        owner: UserID,
        name: String,
        status: StoreStatus,
        engine: Engine,
        plan: Plan,
        region: Region,
        isDegraded: Bool,
        createdAt: Int64,
        updatedAt: Int64,
        searchText: String
    ) {
        self.id = id
        self.owner = owner
        self.name = name
        self.status = status
        self.engine = engine
        self.plan = plan
        self.region = region
        self.isDegraded = isDegraded
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.searchText = searchText
    }

    /// As precise as everything that the platform keeps.
    package static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }
}
