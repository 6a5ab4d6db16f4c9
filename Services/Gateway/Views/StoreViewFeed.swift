import CoreMetrics
import Logging
import MessageBus
import ServiceLifecycle
import ServiceRuntime
import StoreContracts

/// Watches the bucket of the view, and answers by it how far the bucket is.
struct StoreViewFeed: Service {
    let bus: any MessageBus & KeyValueStore
    let view: StoreView
    let index: ReadIndex
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await Perseverance(message: "Watching the stores was interrupted", logger: logger).run {
                defer { view.reset() }
                let bucket = try await StoreViewBucket.open(on: bus)
                let updates = try await bucket.watch()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await index.serve(bucket) }
                    group.addTask {
                        for try await update in updates where !view.apply(update) { throw ReadIndex.Lost() }
                    }
                    // Whichever ends first: without the other it is worth nothing.
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }

    /// What the view holds and what came of asking it, with every snapshot of the process's metrics.
    static func addMetrics(to registry: MetricsRegistry, view: StoreView, index: ReadIndex) {
        registry.describe(readsName, "Reads of stores by what answered: the view, or store-service and why.")
        registry.describe(storesName, "Stores in the gateway's view.")
        registry.describe(questionsName, "Questions to the bucket of the view; one serves many reads.")
        registry.describe(
            ageName,
            "Seconds since the view was last found current; it is looked at when stores are read."
        )
        registry.addSource {
            let figures = index.figures
            let reads = [("view", figures.current), ("behind", figures.behind), ("unusable", figures.unusable)]
            var families = [
                MetricFamily(
                    name: readsName,
                    kind: .counter,
                    series: reads.map { MetricSeries(labels: ["answer": $0.0], value: Double($0.1)) }
                ),
                MetricFamily(
                    name: questionsName,
                    kind: .counter,
                    series: [MetricSeries(value: Double(figures.questions))]
                ),
                MetricFamily(name: storesName, kind: .gauge, series: [MetricSeries(value: Double(view.count))]),
            ]
            if let confirmed = figures.confirmed {
                let age = confirmed.duration(to: .now) / .seconds(1)
                families.append(MetricFamily(name: ageName, kind: .gauge, series: [MetricSeries(value: age)]))
            }
            return families
        }
    }

    private static let readsName = "store_platform_view_reads_total"
    private static let questionsName = "store_platform_view_questions_total"
    private static let storesName = "store_platform_view_stores"
    private static let ageName = "store_platform_view_age_seconds"
}
