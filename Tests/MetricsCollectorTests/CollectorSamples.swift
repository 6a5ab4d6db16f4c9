import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

/// Things to feed the collector with.
enum CollectorSamples {
    static let start = Date(timeIntervalSince1970: 1_700_000_000)

    static func store(_ text: String = "01ARYZ6S41TSV4RRFFQ69G5FAV") throws -> StoreID { try #require(StoreID(text)) }

    static func snapshot(
        _ service: String,
        _ instance: String,
        _ families: [MetricFamily] = [],
        isReady: Bool = true
    ) -> ServiceSnapshot {
        let redis = DependencyState(name: "redis", status: isReady ? .up : .down, detail: nil, since: start)
        return ServiceSnapshot(
            service: service,
            instance: instance,
            dependencies: [redis],
            metrics: MetricsSnapshot(families: families)
        )
    }

    static func counter(_ name: String, _ value: Double, _ labels: [String: String] = [:]) -> MetricFamily {
        MetricFamily(name: name, kind: .counter, series: [MetricSeries(labels: labels, value: value)])
    }

    static func stores(ready: Double) -> MetricFamily {
        MetricFamily(
            name: "store_platform_stores",
            kind: .gauge,
            series: [MetricSeries(labels: ["status": "READY", "engine": "woocommerce"], value: ready)]
        )
    }

    /// A notice about a store that is now in that status, so many seconds after the start.
    static func changed(
        _ status: StoreStatus,
        after seconds: TimeInterval,
        generation: Int = 1,
        store: StoreID? = nil
    ) throws -> StoreNotice {
        let id = try store ?? self.store()
        let owner = try #require(UserID("01ARYZ6S41TSV4RRFFQ69G5FAX"))
        let time = start.addingTimeInterval(seconds)
        let lifecycle = StoreLifecycle(
            status: status,
            generation: generation,
            observedGeneration: generation,
            conditions: [],
            failure: nil,
            readyAt: status == .ready ? time : nil
        )
        let resource = StoreResource(
            id: id,
            name: try StoreName("demo"),
            displayName: "Demo",
            engine: .woocommerce,
            plan: .small,
            region: try #require(Region("local")),
            lifecycle: lifecycle,
            namespace: "store-demo",
            url: "http://store-demo",
            adminUrl: "http://store-demo/wp-admin/",
            adminUser: nil,
            owner: owner,
            createdAt: start,
            updatedAt: time
        )
        return StoreNotice(kind: .changed, storeID: id, ownerID: owner, store: resource)
    }

    /// A notice about an operation, with its times in seconds after the start.
    static func operation(
        _ status: OperationResource.Status,
        _ kind: OperationResource.Kind = .create,
        number: Int = 1,
        began: TimeInterval = 0,
        ended: TimeInterval? = nil,
        store: StoreID? = nil
    ) throws -> StoreNotice {
        let id = try store ?? self.store()
        let operation = OperationResource(
            id: try #require(OperationID("01ARYZ6S41TSV4RRFFQ69G5FB\(number)")),
            kind: kind,
            storeId: id,
            status: status,
            steps: [.init(name: "EnsureNamespace", finishedAt: start.addingTimeInterval(began + 0.3), duration: 0.3)],
            startedAt: start.addingTimeInterval(began),
            finishedAt: ended.map(start.addingTimeInterval),
            error: nil
        )
        let owner = try #require(UserID("01ARYZ6S41TSV4RRFFQ69G5FAX"))
        return StoreNotice(kind: .operation, storeID: id, ownerID: owner, operation: operation)
    }
}
