import Foundation
import PostgresClient
import StoreContracts
import StoreDomain

extension PostgresRecords: AdmissionRepository {
    /// Any number nobody else locks with a second one: "plac" in ASCII.
    private static let regionLock = 0x706C_6163
    /// As the partial indexes have it, word for word.
    private static let isWaiting = "status = 'PENDING' AND dispatched_generation < generation"
    private static let isRunning = """
        status IN ('PENDING', 'PROVISIONING') AND NOT (status = 'PENDING' AND dispatched_generation < generation)
        """
    /// A store that was asked for after the cluster was looked at, with a little for clocks that differ.
    private static let clockSkew: TimeInterval = 5

    func lockRegion(_ region: Region) async throws { _ = try await session.queryAll([Self.lock(region: region)]) }

    func runningStores(in region: Region) async throws -> [UserID: Int] {
        guard let result = try await session.queryAll([Self.runningStores(in: region)]).first else { return [:] }
        return try Self.counts(result)
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

    func noteDispatched(_ stores: [StoreRecord], at time: Date) async throws {
        guard !stores.isEmpty else { return }
        try session.later(
            """
            UPDATE stores SET dispatched_generation = generation, active_at = $2, reminded_at = NULL
            WHERE id = ANY($1::text[])
            """,
            stores.map(\.id.description),
            time
        )
    }

    func regionsWithWaitingStores() async throws -> Set<Region> {
        // From one region to the next along the index: thousands may wait in each.
        let rows = try await session.query(
            """
            WITH RECURSIVE waiting AS (
                (SELECT region FROM stores WHERE \(Self.isWaiting) ORDER BY region LIMIT 1)
                UNION ALL
                SELECT next.region FROM waiting CROSS JOIN LATERAL (
                    SELECT region FROM stores WHERE \(Self.isWaiting) AND stores.region > waiting.region
                    ORDER BY region LIMIT 1
                ) AS next
            )
            SELECT region FROM waiting
            """
        )
        return Set(try rows.map { try $0.decode("region", with: Region.init) })
    }

    // MARK: - Statements

    static func lock(region: Region) -> PostgresStatement {
        PostgresStatement(
            "SELECT pg_advisory_xact_lock($1::integer, hashtext($2))",
            regionLock,
            region.description
        )
    }

    static func runningStores(in region: Region) -> PostgresStatement {
        PostgresStatement(
            "SELECT owner_id, count(*) AS count FROM stores WHERE region = $1 AND \(isRunning) GROUP BY owner_id",
            region.description
        )
    }

    static func waitingLengths(in region: Region) -> PostgresStatement {
        PostgresStatement(
            "SELECT owner_id, count(*) AS count FROM stores WHERE region = $1 AND \(isWaiting) GROUP BY owner_id",
            region.description
        )
    }

    /// The plans of the stores of a region that are being made, and of those that were until a moment after its cluster
    /// was looked at; without these stores and those that had their place then.
    static func plansAhead(
        of stores: [StoreRecord],
        in region: Region,
        _ room: RegionCapacity
    ) -> PostgresStatement {
        PostgresStatement(
            """
            SELECT plan, count(*) AS count FROM (
                SELECT id, plan FROM stores WHERE region = $1 AND \(isWaiting)
                UNION ALL SELECT id, plan FROM stores WHERE region = $1 AND \(isRunning)
                UNION ALL SELECT id, plan FROM stores
                    WHERE region = $1 AND status IN ('READY', 'FAILED') AND status_since > $2
            ) AS making WHERE id <> ALL($3::text[]) GROUP BY plan
            """,
            region.description,
            room.observedAt.addingTimeInterval(-clockSkew),
            stores.map(\.id.description) + room.placed.map(\.description)
        )
    }

    static func counts(_ result: PostgresResult) throws -> [UserID: Int] {
        var counts: [UserID: Int] = [:]
        for row in result.rows { counts[try row.decode("owner_id", with: UserID.init)] = try row.decode("count") }
        return counts
    }
}
