import Foundation
import Logging
import MessageBus
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import MetricsCollector

/// The collector over a bus in memory, from messages to Prometheus.
@Suite struct MetricsCollectorTests {
    private let bus = MemoryMessageBus()
    private let metrics = CollectedMetrics()

    private func run(_ body: () async throws -> Void) async throws {
        let context = ProcessContext(
            service: "metrics-collector",
            instance: "test",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            readiness: ReadinessBoard(dependencies: ["redis"]),
            metrics: MetricsRegistry()
        )
        try await bus.ensureStream(Streams.stores)
        // A consumer begins with what comes after its creation: it must be there before the first fact.
        try await bus.consume(StoreNoticeReader.consumer).cancel()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in MetricsCollectorMain.services(context, bus: bus.peer(), metrics: metrics) {
                group.addTask { try await service.run() }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }

    private func shows(_ line: String) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if metrics.prometheusText().contains(line) { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test func `the service tells who it is and what it answers`() async throws {
        try await run {
            let subject = try Subject("$SRV.INFO.metrics-collector")
            let limits = RequestManyLimits(timeout: .seconds(5), maximumReplies: 1)
            let deadline = ContinuousClock.now + .seconds(10)
            var info: ServiceDescription.Info?
            while info == nil, ContinuousClock.now < deadline {
                do {
                    for try await answer in try await bus.requestMany(BusMessage(subject: subject), limits) {
                        info = try PlatformJSON.decode(ServiceDescription.Info.self, from: answer.body)
                    }
                } catch let error as BusError where error.code == .noResponders {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }

            #expect(info?.name == "metrics-collector")
            #expect(info?.version == PlatformVersion.current)
            #expect(info?.endpoints.map(\.subject) == [Subjects.Metrics.query.description])
        }
    }

    @Test func `snapshots of all services appear, its own too`() async throws {
        try await run {
            let snapshot = CollectorSamples.snapshot(
                "gateway",
                "g1",
                [CollectorSamples.counter("store_platform_api_http_requests_total", 7, ["route": "/api/stores"])]
            )
            let subject = Subjects.Metrics.snapshot(service: "gateway", instance: "g1")
            #expect(try await shows(#"store_platform_instance_up{instance="#))
            try await bus.publish(try Contract.message(subject, snapshot))

            #expect(
                try await shows(
                    #"store_platform_api_http_requests_total{instance="g1",route="/api/stores",service="gateway"} 7"#
                )
            )
            #expect(metrics.prometheusText().contains("# HELP store_platform_api_http_requests_total HTTP requests"))
            #expect(try await shows(#"service="metrics-collector"} 1"#))
        }
    }

    @Test func `durations come from operations that ended, and other messages do no harm`() async throws {
        try await run {
            let store = try CollectorSamples.store()
            let changed = try Contract.message(Subjects.Auth.changed, ["x": 1])
            _ = try await bus.append(changed, to: Streams.stores.name)
            let garbled = BusMessage(subject: Subjects.notice(.changed, of: store), body: Array("no".utf8))
            _ = try await bus.append(garbled, to: Streams.stores.name)
            let canary = StoreFact(
                kind: .provisioned,
                storeID: store,
                generation: 1,
                occurredAt: Date(),
                message: "",
                duration: 900,
                legs: [.init(name: "cart", duration: 0.2)]
            )
            try await bus.publish(canary)
            let notices = [
                try CollectorSamples.changed(.ready, after: 25),
                try CollectorSamples.operation(.succeeded, ended: 25),
            ]
            for notice in notices {
                let message = try Contract.message(Subjects.notice(notice.kind, of: store), notice)
                _ = try await bus.append(message, to: Streams.stores.name)
            }

            let steps = "store_platform_provisioning_step_duration_seconds"
            let whole = "store_platform_provisioning_duration_seconds"
            #expect(try await shows(#"\#(whole)_sum{engine="woocommerce",outcome="ready"} 25"#))
            #expect(try await shows(#"\#(steps)_sum{step="EnsureNamespace"} 0.3"#))
            #expect(!metrics.prometheusText().contains(#"step="VerifyOrderPath""#))
            #expect(
                metrics.prometheusText().contains(#"\#(whole)_bucket{engine="woocommerce",outcome="ready",le="30"} 1"#)
            )
        }
    }

    @Test func `answers the dashboard's question`() async throws {
        try await run {
            metrics.note(CollectorSamples.snapshot("store-service", "s1", [CollectorSamples.stores(ready: 2)]))
            metrics.note(CollectorSamples.snapshot("gateway", "g1", isReady: false))
            metrics.note(try CollectorSamples.changed(.ready, after: 9))
            metrics.note(try CollectorSamples.operation(.succeeded, ended: 9))

            var answer: MetricsSummary?
            let deadline = ContinuousClock.now + .seconds(10)
            while answer == nil, ContinuousClock.now < deadline {
                do {
                    answer = try await bus.call(
                        Subjects.Metrics.query,
                        MetricsQuery(),
                        returning: MetricsSummary.self,
                        timeout: .seconds(5)
                    )
                } catch let error as BusError where error.code == .noResponders {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }

            let summary = try #require(answer)
            #expect(summary.storesByStatus?["READY"] == 2)
            #expect(summary.storesByStatus?["FAILED"] == 0)
            #expect(summary.provisions.map(\.seconds) == [9])
            #expect(summary.services.first { $0.name == "gateway" }?.ready == false)
            #expect(summary.services.first { $0.name == "store-service" }?.ready == true)
        }
    }
}
