import Foundation
import Logging
import MessageBus
import PlatformCrypto
import PostgresClient
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

/// The whole service over a bus in memory and a real PostgreSQL.
@Suite(.timeLimit(.minutes(1))) struct StoreServiceTests {
    private static let key = "bootstrap-key-of-the-tests"

    private func configuration(_ postgres: PostgresConfiguration) throws -> StoreServiceConfiguration {
        let environment = [
            "REDIS_URL": "redis://127.0.0.1:1", "DATABASE_URL": postgres.url, "BOOTSTRAP_ADMIN_KEY": Self.key,
            "BASE_DOMAIN": "example.test", "HTTP_PORT": "0",
        ]
        return try Settings(environment: environment).read(StoreServiceConfiguration.init).value
    }

    private func context() -> ProcessContext {
        ProcessContext(
            service: "store-service",
            instance: "test",
            logger: Fixture.logger,
            readiness: ReadinessBoard(dependencies: ["redis", "postgres"]),
            metrics: MetricsRegistry()
        )
    }

    /// Runs the service around the closure, and stops it gracefully.
    private func withService(
        _ postgres: PostgresConfiguration,
        _ body: (any MessageBus, ProcessContext) async throws -> Void
    ) async throws {
        let bus = MemoryMessageBus()
        let context = context()
        let pool = PostgresPool(postgres, logger: Fixture.logger)
        let services = StoreServiceMain.services(try configuration(postgres), context, bus: bus, pool: pool)
        let group = ServiceGroup(services: services, logger: Fixture.logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            try await body(bus.peer(), context)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        pool.close()
    }

    private func admin(_ bus: any MessageBus) async throws -> Caller {
        let request = VerifyKey(keyHash: SHA256Digest(of: Self.key).hex)
        return try await bus.call(Subjects.Auth.verify, request, returning: VerifiedKey.self, timeout: .seconds(5))
            .caller
    }

    /// Whether the service answers.
    private func answers(_ bus: any MessageBus) async -> Bool {
        do {
            _ = try await admin(bus)
            return true
        } catch {
            return false
        }
    }

    @Test func `a store is created, provisioned and deleted over the bus`() async throws {
        let postgres = try await TestPostgres.sharedServer().makeDatabase(poolSize: 6)
        try await withService(postgres) { bus, context in
            try await eventually { await answers(bus) }
            let caller = try await admin(bus)
            let create = CreateStore(
                caller: caller,
                name: try StoreName("acme"),
                engine: .woocommerce,
                plan: .small,
                region: nil,
                displayName: "Acme",
                idempotencyKey: nil
            )
            let accepted = try await bus.call(
                Subjects.Store.create,
                create,
                returning: StoreAccepted.self,
                timeout: .seconds(5)
            )
            let request = StoreRequest(caller: caller, storeID: accepted.store.id)

            try await bus.ensureStream(Streams.provision)
            let work = try await bus.consume(ConsumerConfiguration(stream: Streams.provision.name, durable: "p"))
            var commands = work.makeAsyncIterator()
            let first = try #require(try await commands.next())
            let command = try Contract.body(ProvisionCommand.self, of: first.message)
            #expect(command.kind == .create)
            #expect(command.storeID == accepted.store.id)
            try await bus.publish(fact(.provisioned, command))
            try await first.ackSync()
            try await eventually {
                try await bus.call(Subjects.Store.get, request, returning: StoreResource.self, timeout: .seconds(5))
                    .status
                    == .ready
            }

            _ = try await bus.call(Subjects.Store.delete, request, returning: StoreAccepted.self, timeout: .seconds(5))
            let second = try #require(try await commands.next())
            let deletion = try Contract.body(ProvisionCommand.self, of: second.message)
            #expect(deletion.kind == .delete)
            #expect(deletion.generation == 2)
            try await bus.publish(fact(.namespaceReleased, deletion))
            try await second.ackSync()
            try await eventually {
                try await faultCode {
                    try await bus.call(Subjects.Store.get, request, returning: StoreResource.self, timeout: .seconds(5))
                } == .notFound
            }
            work.cancel()
            try await eventually { context.readiness.isReady }
        }
    }

    @Test func `starts without PostgreSQL, says so, and works once it is there; survives its restart`() async throws {
        let server = try await TestPostgres.start()
        let postgres = try await server.makeDatabase(poolSize: 4)
        try await server.stop()
        try await withService(postgres) { bus, context in
            let started = ContinuousClock.now
            await #expect { _ = try await admin(bus) } throws: { ($0 as? BusError)?.code == .noResponders }
            #expect(ContinuousClock.now - started < .seconds(2))
            #expect(!context.readiness.isReady)

            try await server.startAgain()
            try await eventually { await answers(bus) }
            try await eventually { context.readiness.isReady }

            try await server.stop()
            #expect(try await faultCode { try await admin(bus) } == .serviceUnavailable)
            try await server.startAgain()
            try await eventually { await answers(bus) }
        }
        try await server.stop()
    }

    @Test func `counts stores by status and engine`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        _ = try await fixture.create("acme", for: caller)
        let registry = MetricsRegistry()
        let gauges = StoreGauges(database: fixture.database, registry: registry, logger: Fixture.logger)

        try await gauges.measure()

        let series = try #require(registry.snapshot()["store_platform_stores"]?.series)
        #expect(series.count == StoreStatus.allCases.count * Engine.allCases.count)
        let pending = series.first { $0.labels == ["status": "PENDING", "engine": "woocommerce"] }
        #expect(pending?.value == 1)
        #expect(series.reduce(0) { $0 + $1.value } == 1)
    }

    @Test func `the canary can be switched off, everything else has a rhythm of its own`() throws {
        func configuration(_ more: [String: String]) throws -> StoreServiceConfiguration {
            let needed = ["REDIS_URL": "redis://127.0.0.1:1", "DATABASE_URL": "postgresql://u:p@h/d"]
            let environment = needed.merging(more) { $1 }
            return try Settings(environment: environment).read(StoreServiceConfiguration.init).value
        }

        let usual = try configuration([:])
        #expect(usual.provisionConcurrency == 5)
        #expect(usual.verification == VerificationSchedule(resync: 300, canary: 900))
        #expect(try configuration(["CANARY_INTERVAL": "0"]).verification.canary == 0)
        #expect(try configuration(["CANARY_INTERVAL": "20s", "RESYNC_INTERVAL": "1m"]).verification.resync == 60)
    }

    @Test func `bad settings are all named and secrets are not shown`() throws {
        let error = #expect(throws: SettingsError.self) {
            try Settings(
                environment: [
                    "REDIS_URL": "http://x", "DATABASE_URL": "mysql://secret", "BOOTSTRAP_ADMIN_KEY": "short",
                    "STORE_URL_SCHEME": "gopher", "REGION": "Mars!", "PROVISION_CONCURRENCY": "0",
                    "RESYNC_INTERVAL": "0", "CANARY_INTERVAL": "soon",
                ]
            ).read(StoreServiceConfiguration.init)
        }

        let keys = Set(error?.problems.map(\.key) ?? [])
        #expect(
            keys == [
                "REDIS_URL", "DATABASE_URL", "BOOTSTRAP_ADMIN_KEY", "STORE_URL_SCHEME", "REGION",
                "PROVISION_CONCURRENCY", "RESYNC_INTERVAL", "CANARY_INTERVAL",
            ]
        )
        #expect(error?.description.contains("secret") == false)
    }

    private func fact(_ kind: StoreFact.Kind, _ command: ProvisionCommand) -> StoreFact {
        StoreFact(
            kind: kind,
            storeID: command.storeID,
            generation: command.generation,
            occurredAt: Date(),
            message: "It happened."
        )
    }
}
