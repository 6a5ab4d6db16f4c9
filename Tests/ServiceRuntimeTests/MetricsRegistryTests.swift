import CoreMetrics
import ServiceRuntime
import Testing

@Suite struct MetricsRegistryTests {
    private let registry = MetricsRegistry(bounds: [0.1, 1, 10])

    @Test func `keeps counters, gauges and histograms apart by their labels`() {
        Counter(label: "requests_total", dimensions: [("route", "/a")], factory: registry).increment(by: 2)
        Counter(label: "requests_total", dimensions: [("route", "/a")], factory: registry).increment()
        Counter(label: "requests_total", dimensions: [("route", "/b")], factory: registry).increment()
        Gauge(label: "connections", factory: registry).record(7)
        Meter(label: "depth", factory: registry).set(2.5)
        Timer(label: "duration_seconds", factory: registry).recordMilliseconds(500)

        let snapshot = registry.snapshot()

        #expect(snapshot["requests_total"]?.series.map(\.value) == [3, 1])
        #expect(snapshot["connections"]?.kind == .gauge)
        #expect(snapshot["connections"]?.series == [MetricSeries(value: 7)])
        #expect(snapshot["depth"]?.series == [MetricSeries(value: 2.5)])
        #expect(snapshot["duration_seconds"]?.series == [MetricSeries(value: 0.5, counts: [0, 1, 0, 0])])
    }

    @Test func `the order of labels makes no difference`() {
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()

        #expect(registry.snapshot()["c"]?.series == [MetricSeries(labels: ["a": "1", "b": "2"], value: 2)])
    }

    @Test func `an observation on a bound belongs to that bucket`() {
        let recorder = Recorder(label: "h", factory: registry)
        for value in [0.1, 1.0, 1.1, 11.0] { recorder.record(value) }

        #expect(registry.snapshot()["h"]?.series.first?.counts == [1, 1, 1, 1])
    }

    @Test func `label sets beyond the limit share one overflow series`() {
        let registry = MetricsRegistry(maximumSeries: 2)

        for id in 0..<10 { Counter(label: "c", dimensions: [("id", "\(id)")], factory: registry).increment() }

        let series = registry.snapshot()["c"]?.series ?? []
        #expect(series.count == 3)
        #expect(series.first { $0.labels == ["overflow": "true"] }?.value == 8)
    }

    @Test func `a name used as two kinds keeps the first`() {
        Counter(label: "x", factory: registry).increment()
        Gauge(label: "x", factory: registry).record(9)

        #expect(registry.snapshot()["x"] == MetricFamily(name: "x", kind: .counter, series: [MetricSeries(value: 1)]))
    }

    @Test func `a destroyed metric is gone`() {
        let counter = Counter(label: "gone", factory: registry)
        counter.increment()
        counter.destroy()

        #expect(registry.snapshot()["gone"]?.series.isEmpty != false)
    }

    @Test func `counting from many tasks loses nothing`() async {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 { Counter(label: "many", factory: registry).increment() }
                }
            }
        }

        #expect(registry.snapshot()["many"]?.series.first?.value == 8000)
    }

    @Test func `what other sources count is in every snapshot`() {
        registry.addSource { [MetricFamily(name: "a", kind: .gauge, series: [MetricSeries(value: 1)])] }
        Counter(label: "b", factory: registry).increment()

        #expect(registry.snapshot().families.map(\.name) == ["a", "b"])
    }

    @Test func `a snapshot survives being written and read`() throws {
        registry.describe("h", "help")
        Recorder(label: "h", dimensions: [("a", "b")], factory: registry).record(0.5)
        let snapshot = registry.snapshot()

        #expect(try PlatformJSON.decode(MetricsSnapshot.self, from: PlatformJSON.encode(snapshot)) == snapshot)
    }
}
