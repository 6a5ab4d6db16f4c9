import CoreMetrics
import Foundation
import Logging
import MessageBus
import Metrics
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Compares the stores with the namespaces of every region, at the start and at an interval, and reports what does not
/// agree: a READY store without its namespace becomes degraded, a namespace without a store is told of.
///
/// Nothing is deleted: what a namespace holds may be the only copy of somebody's data. Several replicas are safe: what
/// was told already is not told again.
struct InventoryWatch: Service {
    let bus: any MessageBus
    let database: StoreDatabase
    let report: InventoryReport
    let regions: Set<Region>
    let interval: Duration
    let registry: MetricsRegistry
    let logger: Logger
    var diff = InventoryDiff()
    /// When to look again at what was found once.
    var confirmation: Duration = .seconds(10)

    static let orphanMetric = "store_platform_orphan_namespaces"
    private static let deadline = Duration.seconds(10)

    func run() async throws {
        registry.describe(Self.orphanMetric, "Namespaces of the platform that belong to no store.")
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                for region in regions { group.addTask { await watch(region) } }
            }
        }
    }

    private func watch(_ region: Region) async {
        var before = InventoryDiff.Findings()
        while !Task.isCancelled {
            var pause = confirmation
            do {
                let found = try await look(at: region)
                let confirmed = found.confirmed(by: before)
                try await report.tell(confirmed, in: region)
                show(confirmed.orphans.count, in: region)
                pause = found == confirmed ? interval : min(confirmation, interval)
                before = found
            } catch is CancellationError {
                return
            } catch {
                // The guard or the database is away, which its own probe says.
                logger.debug("Namespaces not compared", metadata: ["region": "\(region)", "error": "\(error)"])
            }
            // How long a store or a namespace may be missing unnoticed; shorter when there is something to confirm.
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    /// What does not agree now. Throws what bus and database throw.
    func look(at region: Region) async throws -> InventoryDiff.Findings {
        let inventory = try await bus.call(
            Subjects.Cluster.inventory(region),
            returning: RegionInventory.self,
            timeout: Self.deadline
        )
        return diff.findings(try await database.read { try await $0.inventoryRecords(of: region) }, inventory)
    }

    private func show(_ orphans: Int, in region: Region) {
        Gauge(label: Self.orphanMetric, dimensions: [("region", region.description)], factory: registry).record(orphans)
    }
}
