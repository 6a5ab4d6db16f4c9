import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

/// The question of `metrics.v1.query`; there is only one.
struct MetricsQuery: Codable, Sendable {}

/// The answer of `metrics.v1.query`: what a dashboard shows of the platform itself.
struct MetricsSummary: Codable, Sendable, Hashable {
    /// A provision that ended.
    struct Provision: Codable, Sendable, Hashable {
        let storeId: StoreID
        let engine: Engine
        let outcome: ProvisioningLedger.Outcome
        let seconds: Double
        let endedAt: Date
    }

    /// A service and its instances.
    struct Service: Codable, Sendable, Hashable {
        let name: String
        /// Whether every instance has what it needs.
        let ready: Bool
        let instances: [Instance]
    }

    /// One process.
    struct Instance: Codable, Sendable, Hashable {
        let instance: String
        let ready: Bool
        let lastSeen: Date
        let dependencies: [DependencyState]
    }

    /// When it was put together.
    let at: Date
    /// Every status, also those that no store has; nil while store-service is silent.
    let storesByStatus: [String: Int]?
    /// The latest provisions, newest first.
    let provisions: [Provision]
    /// By name.
    let services: [Service]

    init(table: SnapshotTable, ledger: ProvisioningLedger, now: Date) {
        at = now
        storesByStatus = table.stores.map { family in
            var counts = Dictionary(uniqueKeysWithValues: StoreStatus.allCases.map { ($0.rawValue, 0) })
            for series in family.series {
                if let status = series.labels["status"] { counts[status, default: 0] += Int(series.value) }
            }
            return counts
        }
        provisions = ledger.latest.reversed().map {
            Provision(
                storeId: $0.store,
                engine: $0.engine,
                outcome: $0.outcome,
                seconds: $0.duration,
                endedAt: $0.endedAt
            )
        }
        services = Dictionary(grouping: table.all, by: \.snapshot.service)
            .map { name, entries in
                let instances = entries.map { entry in
                    Instance(
                        instance: entry.snapshot.instance,
                        ready: entry.snapshot.dependencies.allSatisfy { $0.status == .up },
                        lastSeen: entry.receivedAt,
                        dependencies: entry.snapshot.dependencies
                    )
                }
                return Service(name: name, ready: instances.allSatisfy(\.ready), instances: instances)
            }
            .sorted { $0.name < $1.name }
    }
}
