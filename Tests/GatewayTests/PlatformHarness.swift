import Foundation
import HTTPServer
import Logging
import MessageBus
import PostgresClient
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import TestSupport
import Testing

@testable import Gateway
@testable import StoreService

/// Two gateways and a store-service in one process, over a real Redis and a real PostgreSQL.
struct PlatformHarness: Sendable {
    private static let key = "bootstrap-key-of-the-tests"

    let gateways: [GatewayClient]

    /// Each gateway, as the bootstrap admin calls it.
    var admins: [GatewayClient] { gateways.map { $0.bearing(Self.key) } }

    static func run(_ body: (PlatformHarness) async throws -> Void) async throws {
        try await BusContractCell.with(.redis) { cell in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let configuration = try #require(cell.configuration)
            let bus = try RedisMessageBus(configuration: configuration, logger: logger)
            var services: [any Service] = [bus]
            services += try await storeService(bus: bus, logger)
            var gateways: [GatewayClient] = []
            for number in 1...2 {
                let bus = try RedisMessageBus(configuration: configuration, logger: logger)
                let gateway = try await GatewayMain.gateway(
                    try GatewayHarness.configuration(.seconds(10), nil, 0, "", nil),
                    context("gateway", "g\(number)", logger),
                    bus: bus
                )
                services += [bus] + gateway.services
                gateways.append(GatewayClient(port: gateway.listener.port))
            }
            let platform = PlatformHarness(gateways: gateways)
            let group = ServiceGroup(services: services, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                let result: Result<Void, any Error>
                do {
                    for admin in platform.admins {
                        try await eventually("both gateways answer", within: .seconds(30)) {
                            try await admin.call("GET", "/api/me").status == 200
                        }
                    }
                    result = .success(try await body(platform))
                } catch { result = .failure(error) }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                try result.get()
            }
        }
    }

    private static func storeService(bus: any MessageBus & KeyValueStore, _ logger: Logger) async throws
        -> [any Service]
    {
        let postgres = try await TestPostgres.sharedServer().makeDatabase(poolSize: 6)
        let environment = [
            "REDIS_URL": "redis://127.0.0.1:1", "DATABASE_URL": postgres.url, "BOOTSTRAP_ADMIN_KEY": key,
            "BASE_DOMAIN": "example.test", "HTTP_PORT": "0",
        ]
        return StoreServiceMain.services(
            try Settings(environment: environment).read(StoreServiceConfiguration.init).value,
            context("store-service", "s1", logger),
            bus: bus,
            pool: PostgresPool(postgres, logger: logger)
        )
    }

    private static func context(_ service: String, _ instance: String, _ logger: Logger) -> ProcessContext {
        ProcessContext(
            service: service,
            instance: instance,
            logger: logger,
            readiness: ReadinessBoard(
                dependencies: service == "gateway" ? ReadinessRule.names : ["redis", "postgres"]
            ),
            metrics: MetricsRegistry()
        )
    }
}

extension GatewayClient {
    /// The same, with a key.
    func bearing(_ key: String) -> GatewayClient {
        var client = self
        client.headers["Authorization"] = "Bearer \(key)"
        return client
    }
}
