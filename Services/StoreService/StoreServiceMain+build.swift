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

    /// Seals every kept value anew, on a database that has its schema.
    static func reseal(_ configuration: ResealConfiguration) async throws -> Resealing.Report {
        let pool = PostgresPool(configuration.postgres, logger: Logger(label: "store-service"))
        defer { pool.close() }
        let database = StoreDatabase(pool: pool)
        // The service itself brings it up to date; where it does not fit, the first statement says so.
        database.schemaIsInstalled()
        return try await Resealing(database: database, keys: configuration.keys).run()
    }

    /// The service over any bus and any database.
    static func services(
        _ configuration: StoreServiceConfiguration,
        _ context: ProcessContext,
        bus: any MessageBus & KeyValueStore,
        pool: PostgresPool
    ) -> [any Service] {
        let logger = context.logger
        let view = StoreViewWriter(bus: bus, logger: logger, failpoints: context.failpoints)
        let database = StoreDatabase(pool: pool, onCommit: view.show)
        let admission = StoreAdmission(limit: configuration.provisionConcurrency)
        let facts = FactApplication(
            database: database,
            admission: admission,
            logger: logger,
            failpoints: context.failpoints
        )
        return [
            probe(context, bus: bus, pool: pool),
            SnapshotPublisher(
                bus: bus,
                service: context.service,
                board: context.readiness,
                registry: context.metrics,
                logger: logger
            ),
            SchemaInstaller(database: database, bootstrapAdmin: configuration.bootstrapAdmin, logger: logger),
            OutboxRelay(bus: bus, database: database, logger: logger, view: view, failpoints: context.failpoints),
            StoreViewKeeper(
                bus: bus,
                database: database,
                writer: view,
                leases: LeasedWork(bus: bus, timeToLive: .seconds(6), logger: logger),
                logger: logger
            ),
            FactConsumer(bus: bus, application: facts, logger: logger),
            AdmissionPatrol(database: database, admission: admission, logger: logger),
            StoreGauges(
                database: database,
                registry: context.metrics,
                logger: logger,
                regions: configuration.regions
            ),
        ] + reconciliation(configuration, context, bus: bus, database: database, facts: facts)
            + answering(configuration, context, bus: bus, database: database, admission: admission)
    }

    /// What compares and repairs.
    private static func reconciliation(
        _ configuration: StoreServiceConfiguration,
        _ context: ProcessContext,
        bus: any MessageBus,
        database: StoreDatabase,
        facts: FactApplication
    ) -> [any Service] {
        let logger = context.logger
        return [
            StoreReconciler(
                bus: bus,
                database: database,
                decision: configuration.reconciliation,
                facts: facts,
                interval: configuration.reconcileInterval,
                logger: logger
            ),
            VerificationScheduler(
                bus: bus,
                database: database,
                schedule: configuration.verification,
                logger: logger
            ),
            InventoryWatch(
                bus: bus,
                database: database,
                report: InventoryReport(database: database, facts: facts, logger: logger),
                regions: configuration.regions,
                interval: .seconds(configuration.verification.resync),
                registry: context.metrics,
                logger: logger
            ),
        ]
    }

    /// What answers requests.
    private static func answering(
        _ configuration: StoreServiceConfiguration,
        _ context: ProcessContext,
        bus: any MessageBus,
        database: StoreDatabase,
        admission: StoreAdmission
    ) -> [any Service] {
        let logger = context.logger
        let capacity = CapacitySource(bus: bus, logger: logger)
        let usage = KeyUsage(database: database, logger: logger)
        let failures = SignInFailures(database: database, logger: logger)
        let history = OperationHistory()
        let transaction = CreateTransaction(
            database: database,
            address: configuration.address,
            admission: admission,
            history: history,
            failpoints: context.failpoints,
            capacity: capacity.capacity(of:),
            environment: RequestEnvironment()
        )
        var router = RequestRouter(logger: logger)
        StoreRequests(
            database: database,
            creations: CreateQueue(transaction, logger: logger),
            region: configuration.region,
            regions: configuration.regions,
            admission: admission,
            history: history,
            failpoints: context.failpoints,
            capacity: transaction.capacity
        ).add(to: &router)
        PeopleRequests(database: database, usage: usage, failures: failures).add(to: &router)
        AuditRequests(database: database).add(to: &router)
        let answer = router.answer
        let filters = [Subjects.Store.all, Subjects.Auth.all, Subjects.User.all, Subjects.Key.all, Subjects.Audit.all]
        let responders = filters.map { filter in
            RequestResponder(
                bus: bus,
                filter: filter,
                queueGroup: context.service,
                logger: logger,
                handler: answer
            )
        }
        let discovery = ServiceDiscovery(
            bus: bus,
            context: context,
            description: Self.configuration.abstract,
            endpoints: responders.map(\.endpoint)
        )
        return [usage, failures, discovery, RequestService(database: database, responders: responders)]
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
