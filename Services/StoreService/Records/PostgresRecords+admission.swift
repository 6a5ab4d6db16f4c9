import Foundation
import PostgresClient
import StoreDomain

extension PostgresRecords: AdmissionRepository {
    /// Any number nobody else locks with a second one: "plac" in ASCII.
    private static let regionLock = 0x706C_6163
    private static let isWaiting = "status = 'PENDING' AND dispatched_generation < generation"

    func lockRegion(_ region: Region) async throws {
        try await session.query(
            "SELECT pg_advisory_xact_lock($1::integer, hashtext($2))",
            Self.regionLock,
            region.description
        )
    }

    func runningStores(in region: Region) async throws -> [UserID: Int] {
        let rows = try await session.query(
            """
            SELECT owner_id, count(*) AS count FROM stores
            WHERE region = $1 AND status IN ('PENDING', 'PROVISIONING') AND NOT (\(Self.isWaiting))
            GROUP BY owner_id
            """,
            region.description
        )
        var running: [UserID: Int] = [:]
        for row in rows { running[try row.decode("owner_id", with: UserID.init)] = try row.decode("count") }
        return running
    }

    func waitingStores(in region: Region) async throws -> [WaitingStore] {
        try await session.query(
            "SELECT id, owner_id, requested_at FROM stores WHERE region = $1 AND \(Self.isWaiting)",
            region.description
        ).map { row in
            WaitingStore(
                id: try row.decode("id", with: StoreID.init),
                owner: try row.decode("owner_id", with: UserID.init),
                since: try row.decode("requested_at")
            )
        }
    }

    func lockWaiting(_ id: StoreID) async throws -> StoreRecord? {
        try await session.first(
            "SELECT \(Self.storeColumns) FROM stores WHERE id = $1 AND \(Self.isWaiting) FOR UPDATE SKIP LOCKED",
            id.description
        ).map(StoreRecord.init)
    }

    func noteDispatched(_ store: StoreRecord, at time: Date) async throws {
        try await session.execute(
            "UPDATE stores SET dispatched_generation = $2, active_at = $3, reminded_at = NULL WHERE id = $1",
            store.id.description,
            store.lifecycle.generation,
            time
        )
    }

    func plansOfStoresInMaking(in region: Region, since time: Date) async throws -> [StoreID: Plan] {
        let rows = try await session.query(
            """
            SELECT id, plan FROM stores
            WHERE region = $1 AND (status IN ('PENDING', 'PROVISIONING') OR (status <> 'DELETING' AND status_since > $2))
            """,
            region.description,
            time
        )
        var plans: [StoreID: Plan] = [:]
        for row in rows {
            plans[try row.decode("id", with: StoreID.init)] = try row.decode("plan", with: Plan.init(rawValue:))
        }
        return plans
    }

    func regionsWithWaitingStores() async throws -> Set<Region> {
        let rows = try await session.query("SELECT DISTINCT region FROM stores WHERE \(Self.isWaiting)")
        return Set(try rows.map { try $0.decode("region", with: Region.init) })
    }
}
