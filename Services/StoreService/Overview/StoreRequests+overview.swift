import Foundation
import StoreContracts
import StoreDomain

extension StoreRequests {
    private static let overviewWindow: TimeInterval = 24 * 3600
    private static let overviewSamples = 200
    private static let overviewFailures = 20

    /// How the stores fare that the caller may see. Sums of one moment each, not of one moment all together.
    ///
    /// A region whose cluster cannot be asked in time is shown as unknown, which is no fault.
    func overview(_ request: OverviewRequest) async throws -> Overview {
        let isAdmin = request.caller.role == .admin
        let owner = isAdmin ? nil : request.caller.userID
        let since = environment.now().addingTimeInterval(-Self.overviewWindow)
        async let rooms = isAdmin ? rooms() : []
        let sums = try await database.read { records in
            let counts = try await records.statusCounts(of: owner)
            let creations = try await records.creations(of: owner, since: since, samples: Self.overviewSamples)
            return Overview(
                stores: Dictionary(
                    uniqueKeysWithValues: StoreStatus.allCases.map { ($0.rawValue, counts[$0] ?? 0) }
                ),
                degraded: try await records.degradedCount(of: owner),
                operations: try await records.operationsUnderWay(of: owner),
                provisioning: .init(
                    window: "24h",
                    succeeded: creations.succeeded,
                    failed: creations.failed,
                    medianSeconds: creations.median,
                    p95Seconds: creations.percentile95,
                    samples: creations.samples
                ),
                failures: try await records.failures(of: owner, since: since, limit: Self.overviewFailures),
                capacity: []
            )
        }
        return sums.with(await rooms)
    }

    private func rooms() async -> [ClusterRoom] {
        await withTaskGroup { group in
            for region in regions { group.addTask { ClusterRoom(region: region, await capacity(region)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }.sorted { $0.region.description < $1.region.description }
    }
}

extension Overview {
    fileprivate func with(_ capacity: [ClusterRoom]) -> Overview {
        Overview(
            stores: stores,
            degraded: degraded,
            operations: operations,
            provisioning: provisioning,
            failures: failures,
            capacity: capacity
        )
    }
}
