import PostgresClient
import StoreDomain

extension StoreRecord {
    /// A store as a row of `PostgresRecords.storeColumns` holds it.
    init(_ row: PostgresRow) throws {
        id = try row.decode("id", with: StoreID.init)
        name = try row.decode("name") { try? StoreName($0) }
        displayName = try row.decode("display_name")
        engine = try row.decode("engine") { Engine(rawValue: $0.lowercased()) }
        plan = try row.decode("plan", with: Plan.init(rawValue:))
        region = try row.decode("region", with: Region.init)
        ownerID = try row.decode("owner_id", with: UserID.init)
        host = try row.decode("host")
        url = try row.decode("url")
        adminUser = try row.decode("admin_user")
        lifecycle = StoreLifecycle(
            status: try row.decode("status", with: StoreStatus.init(rawValue:)),
            generation: try row.decode("generation"),
            observedGeneration: try row.decode("observed_generation"),
            conditions: try row.requireJSON("conditions"),
            failure: try row.decodeJSON("failure"),
            readyAt: try row.decode("ready_at")
        )
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
        activeAt = try row.decode("active_at")
        remindedAt = try row.decode("reminded_at")
        deletionProtection = try row.decode("deletion_protection")
        requestedAt = try row.decode("requested_at")
        dispatchedGeneration = try row.decode("dispatched_generation")
        checks = StoreChecks(
            checkedAt: try row.decode("checked_at"),
            orderAskedAt: try row.decode("order_asked_at"),
            verifiedAt: try row.decode("verified_at"),
            dueAt: try row.decode("check_due_at")
        )
        statusSince = try row.decode("status_since")
        revision = try row.decode("revision")
    }
}
