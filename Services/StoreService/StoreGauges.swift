import Logging
import Metrics
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Keeps the numbers of stores up to date: by status, those that wait for their turn, those that do not sell, and the
/// share of those that do. Every replica shows the same numbers: they are the database's.
struct StoreGauges: Service {
    let database: StoreDatabase
    let registry: MetricsRegistry
    let logger: Logger
    /// Regions that are shown even while they have no store.
    var regions: Set<Region> = []
    var interval: Duration = .seconds(5)

    static let name = "store_platform_stores"
    static let waitingName = "store_platform_stores_waiting"
    static let degradedName = "store_platform_stores_degraded"
    static let canaryName = "store_platform_order_canary_success"

    func run() async throws {
        registry.describe(Self.name, "Stores by status and engine.")
        registry.describe(Self.waitingName, "Stores that wait for their turn to be made.")
        registry.describe(Self.degradedName, "READY stores that do not sell, by reason.")
        registry.describe(Self.canaryName, "The share of READY stores in which an order goes through, from 0 to 1.")
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await measure()
                } catch {
                    logger.debug("Stores not counted", metadata: ["error": "\(error)"])
                }
                // How old the numbers may be.
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    /// Sets every series, also those that have fallen to zero.
    func measure() async throws {
        let (counts, care) = try await database.read { (try await $0.storeCounts(), try await $0.careCounts()) }
        show(care)
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

    private func show(_ care: [CareCount]) {
        for region in regions.union(care.map(\.region)) {
            let stores = care.filter { $0.region == region }
            let ready = stores.filter { $0.status == .ready }
            let selling = ready.filter { $0.degradation == nil }.reduce(0) { $0 + $1.count }
            let all = ready.reduce(0) { $0 + $1.count }
            // No stores, none that does not sell.
            set(Self.canaryName, ["region": region.description], all == 0 ? 1 : Double(selling) / Double(all))
            let waiting = stores.filter(\.isWaiting).reduce(0) { $0 + $1.count }
            set(Self.waitingName, ["region": region.description], Double(waiting))
        }
        let reasons = Dictionary(
            care.compactMap { count in count.degradation.map { ($0, count.count) } },
            uniquingKeysWith: +
        )
        // A reason that is gone must fall to zero, not stay as it was.
        let known = registry.snapshot()[Self.degradedName]?.series.compactMap { $0.labels["reason"] } ?? []
        for reason in Set(known).union(reasons.keys) {
            set(Self.degradedName, ["reason": reason], Double(reasons[reason] ?? 0))
        }
    }

    private func set(_ name: String, _ labels: [String: String], _ value: Double) {
        Gauge(label: name, dimensions: labels.map { ($0.key, $0.value) }, factory: registry).record(value)
    }
}
