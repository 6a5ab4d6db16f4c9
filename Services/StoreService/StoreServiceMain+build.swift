import ArgumentParser
import HTTPServer
import Logging
import MessageBus
import PostgresClient
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import StoreContracts

extension StoreServiceMain {
    /// Makes the real bus and the real database, and everything on top of them.
    static func build(_ configuration: StoreServiceConfiguration, _ context: ProcessContext) throws -> [any Service] {
        let bus = try RedisMessageBus(
            configuration: RedisBusConfiguration(
                url: configuration.redis,
                cell: configuration.busCell,
                service: context.service
            ),
            logger: context.logger
        )
        context.metrics.addBus(bus)
        let pool = PostgresPool(configuration.postgres, logger: context.logger)
        let http = try HTTPListener.health(
            port: configuration.httpPort,
            board: context.readiness,
            logger: context.logger
        )
        return [bus, PostgresSessions(pool: pool)] + services(configuration, context, bus: bus, pool: pool) + [http]
    }

    /// The service over any bus and any database.
    static func services(
        _ configuration: StoreServiceConfiguration,
        _ context: ProcessContext,
        bus: any MessageBus,
        pool: PostgresPool
    ) -> [any Service] {
        let logger = context.logger
        let database = StoreDatabase(pool: pool)
        let router = StoreRequests(
            database: database,
            address: configuration.address,
            region: configuration.region,
            regions: configuration.regions
        ).router(logger: logger)
        let responders = [Subjects.Store.all, Subjects.Auth.all].map { filter in
            RequestResponder(
                bus: bus,
                filter: filter,
                queueGroup: context.service,
                logger: logger,
                handler: router.answer
            )
        }
        let discovery = ServiceDiscovery(
            bus: bus,
            context: context,
            description: Self.configuration.abstract,
            endpoints: responders.map(\.endpoint)
        )
        return [
            probe(context, bus: bus, pool: pool),
            discovery,
            SnapshotPublisher(
                bus: bus,
                service: context.service,
                board: context.readiness,
                registry: context.metrics,
                logger: logger
            ),
            SchemaInstaller(database: database, bootstrapAdmin: configuration.bootstrapAdmin, logger: logger),
            OutboxRelay(bus: bus, database: database, logger: logger),
            FactConsumer(
                bus: bus,
                application: FactApplication(database: database, logger: logger),
                logger: logger
            ),
            StoreReconciler(
                bus: bus,
                database: database,
                decision: configuration.reconciliation,
                interval: configuration.reconcileInterval,
                logger: logger
            ),
            StoreGauges(database: database, registry: context.metrics, logger: logger),
        ] + responders
    }

    private static func probe(_ context: ProcessContext, bus: any MessageBus, pool: PostgresPool) -> DependencyProbe {
        DependencyProbe(
            board: context.readiness,
            logger: context.logger,
            checks: [
                DependencyProbe.redis(bus),
                (
                    "postgres",
                    {
                        guard await pool.isReachable() else { throw DependencyProbe.Unreachable("no answer") }
                        return nil
                    }
                ),
            ]
        )
    }
}

/// Keeps the connections to PostgreSQL until everything that uses them has stopped.
private struct PostgresSessions: Service {
    let pool: PostgresPool

    func run() async throws {
        // Cancellation ends the wait as well, and the connections are let go of either way.
        do { try await gracefulShutdown() } catch {}
        pool.close()
    }
}
