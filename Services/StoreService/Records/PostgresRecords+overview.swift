import Foundation
import PostgresClient
import StoreContracts
import StoreDomain

/// Each of these is answered from an index that `StoreSchema` has for it; what they cost is asked for in a test.
extension PostgresRecords: OverviewRepository {
    func statusCounts(of owner: UserID?) async throws -> [StoreStatus: Int] {
        let scope = Scope(owner)
        let rows = try await session.query(
            "SELECT status, count(*) AS count FROM stores WHERE \(scope.condition) GROUP BY status",
            values: scope.values
        )
        var counts: [StoreStatus: Int] = [:]
        for row in rows {
            counts[try row.decode("status", with: StoreStatus.init(rawValue:))] = try row.decode("count")
        }
        return counts
    }

    func degradedCount(of owner: UserID?) async throws -> Int {
        let scope = Scope(owner)
        let sql = "SELECT count(*) AS count FROM stores WHERE \(StoreSchema.isDegraded) AND \(scope.condition)"
        return try await session.query(sql, values: scope.values).first?.decode("count") ?? 0
    }

    func operationsUnderWay(of owner: UserID?) async throws -> Overview.Operations {
        let scope = Scope(owner)
        let row = try await session.query(
            """
            SELECT count(*) FILTER (WHERE status = 'pending') AS waiting,
                count(*) FILTER (WHERE status = 'running') AS running
            FROM operations WHERE status IN ('pending', 'running') AND \(scope.condition)
            """,
            values: scope.values
        ).first
        return Overview.Operations(
            waiting: try row?.decode("waiting") ?? 0,
            running: try row?.decode("running") ?? 0
        )
    }

    func creations(of owner: UserID?, since time: Date, samples: Int) async throws -> CreationSummary {
        let scope = Scope(owner, [time])
        let ended = "FROM operations WHERE \(StoreSchema.isEndedCreation) AND finished_at > $1 AND \(scope.condition)"
        let sums = try await session.query(
            """
            SELECT count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
                count(*) FILTER (WHERE status = 'failed') AS failed,
                extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY finished_at - started_at)
                    FILTER (WHERE status = 'succeeded'))::double precision AS median,
                extract(epoch FROM percentile_cont(0.95) WITHIN GROUP (ORDER BY finished_at - started_at)
                    FILTER (WHERE status = 'succeeded'))::double precision AS percentile
            \(ended)
            """,
            values: scope.values
        ).first
        let latest = try await session.query(
            """
            SELECT finished_at, extract(epoch FROM finished_at - started_at)::double precision AS seconds, engine
            \(ended) AND status = 'succeeded' ORDER BY finished_at DESC LIMIT \(samples)
            """,
            values: scope.values
        ).map { row in
            Overview.Provisioning.Sample(
                at: try row.decode("finished_at"),
                seconds: try row.decode("seconds"),
                // One of before there were engines here was made by the only one there was.
                engine: try (row.decode("engine") as String?).flatMap { Engine(rawValue: $0.lowercased()) }
                    ?? .woocommerce
            )
        }
        return CreationSummary(
            succeeded: try sums?.decode("succeeded") ?? 0,
            failed: try sums?.decode("failed") ?? 0,
            median: try sums?.decode("median"),
            percentile95: try sums?.decode("percentile"),
            samples: latest.reversed()
        )
    }

    func failures(of owner: UserID?, since time: Date, limit: Int) async throws -> [Overview.Failure] {
        let scope = Scope(owner, [time])
        return try await session.query(
            """
            SELECT error ->> 'code' AS code, count(*) AS count, max(finished_at) AS last,
                (array_agg(store_id ORDER BY finished_at DESC))[1] AS store
            FROM operations
            WHERE status = 'failed' AND finished_at > $1 AND error ->> 'code' IS NOT NULL AND \(scope.condition)
            GROUP BY 1 ORDER BY 2 DESC, 3 DESC LIMIT \(limit)
            """,
            values: scope.values
        ).map { row in
            Overview.Failure(
                code: try row.decode("code"),
                count: try row.decode("count"),
                lastAt: try row.decode("last"),
                storeId: try row.decode("store", with: StoreID.init)
            )
        }
    }

    /// Whose records a sum is over: a condition that is written out only where there is one, so that each case has the
    /// plan that suits it.
    private struct Scope {
        let condition: String
        let values: [any PostgresEncodable]

        init(_ owner: UserID?, _ before: [any PostgresEncodable] = []) {
            condition = owner == nil ? "true" : "owner_id = $\(before.count + 1)"
            values = before + (owner.map { [$0.description] } ?? [])
        }
    }
}
