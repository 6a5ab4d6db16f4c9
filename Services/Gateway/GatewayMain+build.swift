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
        bus: any MessageBus & KeyValueStore & RateLedger
    ) async throws -> (listener: HTTPListener, router: HTTPRouter<Endpoint>, services: [any Service]) {
        let upstream = Upstream(bus: bus, deadline: configuration.requestDeadline)
        let authenticator = Authenticator(upstream: upstream, sessions: SessionSealer(keys: configuration.keys))
        let followers = LogFollowers()
        let hub = EventHub(bus: bus, logger: context.logger) { user in
            authenticator.forget(user)
            followers.cut(user)
        }
        let view = StoreView()
        let index = ReadIndex(view: view, isConnected: bus.isConnected)
        StoreViewFeed.addMetrics(to: context.metrics, view: view, index: index)
        let feed = StoreViewFeed(bus: bus, view: view, index: index, logger: context.logger)
        let reader = StoreReader(upstream: upstream, view: (view, index))
        let readiness = ReadinessWatch(bus: bus, board: context.readiness, logger: context.logger)
        let limits = RateLimits(perSecond: configuration.rateLimit, ledger: bus, logger: context.logger)
        let router = routes(configuration, upstream, reader, authenticator, limits, hub, followers, readiness)
        let pipeline = RequestPipeline(
            router: router,
            files: try await StaticFiles.load(configuration.dashboard),
            authenticator: authenticator,
            limits: limits,
            crossOrigin: configuration.crossOrigin,
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
        return (listener, router, [readiness, snapshots, discovery, hub, feed, limits, listener, lameDuck])
    }

    private static func routes(
        _ configuration: GatewayConfiguration,
        _ upstream: Upstream,
        _ reader: StoreReader,
        _ authenticator: Authenticator,
        _ limits: RateLimits,
        _ hub: EventHub,
        _ followers: LogFollowers,
        _ readiness: ReadinessWatch
    ) -> HTTPRouter<Endpoint> {
        var router = HTTPRouter<Endpoint>()
        StoreRoutes(upstream: upstream, reader: reader).add(to: &router)
        CredentialRoutes(upstream: upstream, keys: configuration.keys).add(to: &router)
        UserRoutes(upstream: upstream).add(to: &router)
        KeyRoutes(upstream: upstream).add(to: &router)
        AuditRoutes(upstream: upstream).add(to: &router)
        PlanRoutes().add(to: &router)
        OverviewRoutes(upstream: upstream).add(to: &router)
        WorkloadRoutes(upstream: upstream, followers: followers).add(to: &router)
        SessionRoutes(
            authenticator: authenticator,
            limits: limits,
            lifetime: configuration.sessionLifetime,
            isSecure: configuration.isCookieSecure
        ).add(to: &router)
        EventRoutes(hub: hub).add(to: &router)
        router.add(.get, "/health", .open { _ in HealthReport.alive() })
        router.add(.get, "/ready", .open { request in readiness.report().response(requestID: request.id) })
        return router
    }
}
