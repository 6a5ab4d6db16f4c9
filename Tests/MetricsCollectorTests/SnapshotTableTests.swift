import Foundation
import ServiceRuntime
import StoreContracts
import Testing

@testable import MetricsCollector

@Suite struct SnapshotTableTests {
    private let start = CollectorSamples.start

    @Test func `the series of every instance say where they come from`() {
        var table = SnapshotTable()
        for instance in ["a", "b"] {
            let family = CollectorSamples.counter("requests_total", 1, ["route": "/x"])
            table.insert(CollectorSamples.snapshot("gateway", instance, [family]), at: start)
        }

        let text = PrometheusText.render(table.metrics())

        #expect(text.contains(#"requests_total{instance="a",route="/x",service="gateway"} 1"#))
        #expect(text.contains(#"requests_total{instance="b",route="/x",service="gateway"} 1"#))
        #expect(text.contains(#"store_platform_instance_up{instance="a",service="gateway"} 1"#))
        #expect(text.contains(#"store_platform_dependency_up{dependency="redis",instance="a",service="gateway"} 1"#))
    }

    @Test func `an instance that fell silent is dropped after fifteen seconds`() {
        var table = SnapshotTable()
        table.insert(CollectorSamples.snapshot("gateway", "old"), at: start)
        table.insert(CollectorSamples.snapshot("gateway", "new"), at: start.addingTimeInterval(10))

        table.expire(now: start.addingTimeInterval(15))
        #expect(table.all.map(\.snapshot.instance) == ["new", "old"])

        table.expire(now: start.addingTimeInterval(15.5))
        #expect(table.all.map(\.snapshot.instance) == ["new"])
    }

    @Test func `stores are counted once, by whoever of store-service spoke last`() {
        var table = SnapshotTable()
        table.insert(CollectorSamples.snapshot("store-service", "a", [CollectorSamples.stores(ready: 3)]), at: start)
        table.insert(
            CollectorSamples.snapshot("store-service", "b", [CollectorSamples.stores(ready: 4)]),
            at: start.addingTimeInterval(1)
        )

        let lines = PrometheusText.render(table.metrics()).split(separator: "\n")

        #expect(
            lines.filter { $0.hasPrefix("store_platform_stores{") }
                == [#"store_platform_stores{engine="woocommerce",status="READY"} 4"#]
        )
    }

    @Test(arguments: ["store_platform_stores_degraded", "store_platform_order_canary_success"])
    func `what the database counts is shown as it is, without an instance`(name: String) {
        var table = SnapshotTable()
        for (instance, value) in [("a", 1.0), ("b", 0.5)] {
            let family = MetricFamily(
                name: name,
                kind: .gauge,
                series: [MetricSeries(labels: ["region": "local"], value: value)]
            )
            let time = start.addingTimeInterval(value)
            table.insert(CollectorSamples.snapshot("store-service", instance, [family]), at: time)
        }

        let text = PrometheusText.render(table.metrics().map(MetricHelp.filled))

        #expect(text.contains("# HELP \(name) "))
        #expect(!text.contains("# HELP \(name) \(name)"))
        #expect(text.contains("# TYPE \(name) gauge"))
        #expect(text.split(separator: "\n").filter { $0.hasPrefix(name) } == ["\(name){region=\"local\"} 1"])
    }

    @Test func `an instance that lacks something is shown as not up`() {
        var table = SnapshotTable()
        table.insert(CollectorSamples.snapshot("provisioner", "a", isReady: false), at: start)

        let text = PrometheusText.render(table.metrics())

        #expect(text.contains(#"store_platform_instance_up{instance="a",service="provisioner"} 0"#))
    }
}
