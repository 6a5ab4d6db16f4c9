import Logging
import Metrics
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Keeps `store_platform_stores{status,engine}` up to date. Every replica shows the same numbers: they are the
/// database's.
struct StoreGauges: Service {
    let database: StoreDatabase
    let registry: MetricsRegistry
    let logger: Logger
    var interval: Duration = .seconds(5)

    static let name = "store_platform_stores"

    func run() async throws {
        registry.describe(Self.name, "Stores by status and engine.")
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await measure()
                } catch {
                    logger.debug("Stores not counted", metadata: ["error": "\(error)"])
                }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    /// Sets every series, also those that have fallen to zero.
    func measure() async throws {
        let counts = try await database.read { try await $0.storeCounts() }
        for status in StoreStatus.allCases {
            for engine in Engine.allCases {
                let count = counts.first { $0.status == status && $0.engine == engine }?.count ?? 0
                Gauge(
                    label: Self.name,
                    dimensions: [("status", status.rawValue), ("engine", engine.rawValue)],
                    factory: registry
                ).record(count)
            }
        }
    }
}
