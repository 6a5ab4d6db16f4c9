import ArgumentParser
import HTTPServer
import Logging
import MessageBus
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import StoreContracts

extension MetricsCollectorMain {
    /// Makes the real bus and the listener, and everything between them.
    static func build(_ configuration: MetricsCollectorConfiguration, _ context: ProcessContext) throws -> [any Service]
    {
        let bus = try RedisMessageBus(
            configuration: .init(url: configuration.redis, cell: configuration.busCell, service: context.service),
            logger: context.logger
        )
        context.metrics.addBus(bus)
        let metrics = CollectedMetrics()
        let http = try HTTPListener.health(
            port: configuration.httpPort,
            board: context.readiness,
            extra: [("/metrics", { _ in .text(metrics.prometheusText(), type: PrometheusText.contentType) })],
            logger: context.logger
        )
        return [bus] + services(context, bus: bus, metrics: metrics) + [http]
    }

    /// The collector over any bus.
    static func services(
        _ context: ProcessContext,
        bus: any MessageBus,
        metrics: CollectedMetrics
    ) -> [any Service] {
        let probe = DependencyProbe(
            board: context.readiness,
            logger: context.logger,
            checks: [
                DependencyProbe.redis(bus)
            ]
        )
        let reader = StoreNoticeReader(metrics: metrics, logger: context.logger)
        let facts = ConsumerRunner(
            bus: bus,
            stream: Streams.stores,
            consumer: StoreNoticeReader.consumer,
            // In order: a provision's end must not overtake its beginning.
            concurrency: 1,
            logger: context.logger,
            handler: { reader.handle($0) }
        )
        var router = RequestRouter(logger: context.logger)
        router.on(Subjects.Metrics.query, MetricsQuery.self) { _ in metrics.summary() }
        let responder = RequestResponder(
            bus: bus,
            filter: SubjectFilter(Subjects.Metrics.query),
            queueGroup: context.service,
            logger: context.logger,
            handler: router.answer
        )
        let snapshots = SnapshotPublisher(
            bus: bus,
            service: context.service,
            board: context.readiness,
            registry: context.metrics,
            logger: context.logger
        )
        let discovery = ServiceDiscovery(
            bus: bus,
            context: context,
            description: Self.configuration.abstract,
            endpoints: [responder.endpoint]
        )
        return [
            probe, discovery, SnapshotListener(bus: bus, metrics: metrics, logger: context.logger), snapshots, facts,
            responder,
        ]
    }
}
