import Foundation
import StoreContracts
import StoreDomain

/// A store as it is kept.
struct StoreRecord: Sendable, Hashable {
    let id: StoreID
    let name: StoreName
    var displayName: String
    let engine: Engine
    let plan: Plan
    let region: Region
    let ownerID: UserID
    let host: String
    let url: String
    var adminUser: String?
    var lifecycle: StoreLifecycle
    let createdAt: Date
    var updatedAt: Date
    /// When something was last heard of the work on it.
    var activeAt: Date
    /// When its command was last sent again, if it was since then.
    var remindedAt: Date?
    /// Whether it refuses to be deleted.
    var deletionProtection = false
    /// When the work of its generation was asked for.
    var requestedAt: Date
    /// The generation whose work was handed to the provisioners last; while it is older, the store waits for its turn.
    var dispatchedGeneration = 0
    var checks = StoreChecks()
    /// When status or generation last changed. Kept by the database.
    var statusSince: Date
    /// Grows with every change of it; kept by the records.
    var revision: Int64 = 1

    var namespace: String { name.namespace }
    var adminURL: String { url + engine.adminPath }

    /// As the API shows it.
    var resource: StoreResource {
        StoreResource(
            id: id,
            name: name,
            displayName: displayName,
            engine: engine,
            plan: plan,
            region: region,
            lifecycle: lifecycle,
            namespace: namespace,
            url: url,
            adminUrl: adminURL,
            adminUser: adminUser,
            owner: ownerID,
            deletionProtection: deletionProtection,
            createdAt: createdAt,
            updatedAt: updatedAt
        )
    }

    /// The work its generation asks for.
    func command(
        _ kind: ProvisionCommand.Kind,
        adminEmail: String,
        verification: ProvisionCommand.Verification? = nil,
        rotation: ProvisionCommand.Rotation? = nil
    ) -> ProvisionCommand {
        ProvisionCommand(
            kind: kind,
            storeID: id,
            name: name,
            namespace: namespace,
            engine: engine,
            plan: plan,
            region: region,
            displayName: displayName,
            host: host,
            url: url,
            adminEmail: adminEmail,
            generation: lifecycle.generation,
            verification: verification,
            rotation: rotation
        )
    }
}
