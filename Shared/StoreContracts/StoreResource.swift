package import Foundation
package import StoreDomain

/// A store as the API shows it; the same shape everywhere. Never holds credentials.
package struct StoreResource: Hashable, Sendable, Codable {
    /// Its identity.
    package let id: StoreID
    /// Its name.
    package let name: StoreName
    /// What people call it.
    package let displayName: String
    /// What it runs.
    package let engine: Engine
    /// How much it may use.
    package let plan: Plan
    /// Where.
    package let region: Region
    /// Where it is in its life.
    package let status: StoreStatus
    /// Counts what was asked of it.
    package let generation: Int
    /// The generation last reported on.
    package let observedGeneration: Int
    /// What holds.
    package let conditions: [StoreCondition]
    /// Its namespace.
    package let namespace: String
    /// Where it is found.
    package let url: String
    /// Where its admin is found.
    package let adminUrl: String
    /// The admin's login name, once there is one.
    package let adminUser: String?
    /// Why it failed.
    package let failure: StoreFailure?
    /// Whose it is.
    package let owner: UserID
    /// Whether it refuses to be deleted.
    package let deletionProtection: Bool
    /// When it was accepted.
    package let createdAt: Date
    /// When it last changed.
    package let updatedAt: Date
    /// When it became READY.
    package let readyAt: Date?

    /// Shows a store.
    package init(
        id: StoreID,
        name: StoreName,
        displayName: String,
        engine: Engine,
        plan: Plan,
        region: Region,
        lifecycle: StoreLifecycle,
        namespace: String,
        url: String,
        adminUrl: String,
        adminUser: String?,
        owner: UserID,
        deletionProtection: Bool = false,
        createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.name = name
        self.displayName = displayName
        self.engine = engine
        self.plan = plan
        self.region = region
        status = lifecycle.status
        generation = lifecycle.generation
        observedGeneration = lifecycle.observedGeneration
        conditions = lifecycle.conditions
        failure = lifecycle.failure
        readyAt = lifecycle.readyAt
        self.namespace = namespace
        self.url = url
        self.adminUrl = adminUrl
        self.adminUser = adminUser
        self.owner = owner
        self.deletionProtection = deletionProtection
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
