import ArgumentParser
import HTTPServer
import Logging
import MessageBus
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import StoreContracts

extension GatewayMain {
    /// Makes the real bus, and the gateway on top of it.
    static func build(
        _ configuration: GatewayConfiguration,
        _ context: ProcessContext
    ) async throws -> [any Service] {
        let bus = try RedisMessageBus(
            configuration: RedisBusConfiguration(
                url: configuration.redis,
                cell: configuration.busCell,
                service: context.service
            ),
            logger: context.logger
        )
        context.metrics.addBus(bus)
        return [bus] + (try await gateway(configuration, context, bus: bus).services)
    }

    /// The gateway over any bus. Services stop in reverse: first `/ready` says no, then the listener drains.
    static func gateway(
        _ configuration: GatewayConfiguration,
        _ context: ProcessContext,
        bus: any MessageBus
    ) async throws -> (listener: HTTPListener, services: [any Service]) {
        let upstream = Upstream(bus: bus, deadline: configuration.requestDeadline)
        let authenticator = Authenticator(upstream: upstream, sessions: SessionSealer(keys: configuration.keys))
        let hub = EventHub(bus: bus, logger: context.logger) { authenticator.forget($0) }
        let readiness = ReadinessWatch(bus: bus, board: context.readiness, logger: context.logger)
        let pipeline = RequestPipeline(
            router: routes(configuration, upstream, authenticator, hub, readiness),
            files: try await StaticFiles.load(configuration.dashboard),
            authenticator: authenticator,
            metrics: RequestMetrics(factory: context.metrics),
            logger: context.logger
        )
        let listener = try HTTPListener(configuration: configuration.http, logger: context.logger) { request in
            await pipeline.respond(to: request)
        }
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
            description: Self.configuration.abstract
        )
        let lameDuck = LameDuck(board: context.readiness, delay: configuration.shutdownDelay)
        return (listener, [readiness, snapshots, discovery, hub, listener, lameDuck])
    }

    private static func routes(
        _ configuration: GatewayConfiguration,
        _ upstream: Upstream,
        _ authenticator: Authenticator,
        _ hub: EventHub,
        _ readiness: ReadinessWatch
    ) -> HTTPRouter<Endpoint> {
        var router = HTTPRouter<Endpoint>()
        StoreRoutes(upstream: upstream).add(to: &router)
        PlanRoutes().add(to: &router)
        SessionRoutes(
            authenticator: authenticator,
            lifetime: configuration.sessionLifetime,
            isSecure: configuration.isCookieSecure
        ).add(to: &router)
        EventRoutes(hub: hub).add(to: &router)
        router.add(.get, "/health", .open { _ in HealthReport.alive() })
        router.add(.get, "/ready", .open { request in readiness.report().response(requestID: request.id) })
        return router
    }
}
