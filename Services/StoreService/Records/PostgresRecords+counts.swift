import PostgresClient
import StoreDomain

extension PostgresRecords {
    func storeCounts() async throws -> [StoreCount] {
        try await session.query("SELECT status, engine, count(*) AS count FROM stores GROUP BY status, engine").map {
            row in
            StoreCount(
                status: try row.decode("status", with: StoreStatus.init(rawValue:)),
                engine: try row.decode("engine") { Engine(rawValue: $0.lowercased()) },
                count: try row.decode("count")
            )
        }
    }

    func careCounts() async throws -> [CareCount] {
        try await session.query(
            """
            SELECT region, status, status = 'PENDING' AND dispatched_generation < generation AS waits,
                CASE WHEN status = 'READY' THEN jsonb_path_query_first(
                    conditions, '$[*] ? (@.type == "Degraded" && @.status == "True").reason') #>> '{}' END AS degradation,
                count(*) AS count
            FROM stores GROUP BY 1, 2, 3, 4
            """
        ).map { row in
            CareCount(
                region: try row.decode("region", with: Region.init),
                status: try row.decode("status", with: StoreStatus.init(rawValue:)),
                isWaiting: try row.decode("waits"),
                degradation: try row.decode("degradation"),
                count: try row.decode("count")
            )
        }
    }
}
