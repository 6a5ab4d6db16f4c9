import Foundation
import HTTPServer
import Logging
import MessageBus
import PlatformCrypto
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import Synchronization
import Testing

@testable import Gateway

/// The gateway as it runs, over the bus in memory; tests answer its requests in the services' place.
struct GatewayHarness: Sendable {
    static let adminKey = "admin-key-1234567890"
    static let memberKey = "member-key-1234567890"
    static let viewerKey = "viewer-key-1234567890"
    /// A member's, which may only read.
    static let readingKey = "reading-key-1234567890"

    let client: GatewayClient
    let bus: MemoryMessageBus
    let context: ProcessContext
    let group: ServiceGroup
    /// How often keys were asked about.
    let verifications: Calls

    var member: GatewayClient { signed(Self.memberKey) }
    var admin: GatewayClient { signed(Self.adminKey) }
    var viewer: GatewayClient { signed(Self.viewerKey) }
    var reader: GatewayClient { signed(Self.readingKey) }

    private func signed(_ key: String) -> GatewayClient {
        var client = client
        client.headers["Authorization"] = "Bearer \(key)"
        return client
    }

    /// What follows a log in a provisioner's place.
    typealias Following =
        @Sendable (FollowPodLog, @escaping @Sendable (LogChunk) async throws -> Void) async throws ->
        LogChunk

    /// Runs the gateway for the length of a test. `requests` adds the services' answers; keys are answered already.
    static func run(
        deadline: Duration = .seconds(5),
        dashboard: String? = nil,
        rateLimit: Int = 0,
        origins: String = "",
        patience: Duration? = nil,
        logger: Logger = quiet,
        requests: @escaping (inout RequestRouter) -> Void = { _ in },
        follow: Following? = nil,
        _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        let bus = MemoryMessageBus()
        let context = ProcessContext(
            service: "gateway",
            instance: "g1",
            logger: logger,
            readiness: ReadinessBoard(dependencies: ReadinessRule.names),
            metrics: MetricsRegistry()
        )
        let verifications = Calls()
        var router = RequestRouter(logger: logger)
        router.on(Subjects.Auth.verify, VerifyKey.self) { try await verifications.answer($0.keyHash) }
        router.on(Subjects.Auth.signIn, SignIn.self) { try await verifications.answer($0.keyHash) }
        requests(&router)
        let gateway = try await GatewayMain.gateway(
            try configuration(deadline, dashboard, rateLimit, origins, patience),
            context,
            bus: bus
        )
        let peer = bus.peer()
        if let follow {
            router.on(Subjects.Workload.follow(Fixture.region), FollowPodLog.self, bus: peer, follow)
        }
        let answers = router
        let filters = ["store", "auth", "user", "key", "audit", "workload", "cluster"].map { "\($0).v1.>" }
        let responders = filters.map { filter in
            RequestResponder(
                bus: peer,
                filter: SubjectFilter(trusted: filter),
                queueGroup: "store-service",
                logger: logger,
                handler: answers.answer
            )
        }
        let group = ServiceGroup(services: responders + gateway.services, logger: logger)
        let harness = GatewayHarness(
            client: GatewayClient(port: gateway.listener.port),
            bus: peer,
            context: context,
            group: group,
            verifications: verifications
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body(harness)) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    /// The gateway's table of routes, behind which nobody answers.
    static func router() async throws -> HTTPRouter<Endpoint> {
        let context = ProcessContext(
            service: "gateway",
            instance: "g1",
            logger: quiet,
            readiness: ReadinessBoard(dependencies: ReadinessRule.names),
            metrics: MetricsRegistry()
        )
        return try await GatewayMain.gateway(
            try configuration(.seconds(1), nil, 0, "", nil),
            context,
            bus: MemoryMessageBus()
        ).router
    }

    private static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// What the gateway opens passwords with.
    static var keys: SealingKeys {
        get throws { try SealingKeys(parsing: "k1:\(Data(repeating: 7, count: 32).base64EncodedString())") }
    }

    static func configuration(
        _ deadline: Duration,
        _ dashboard: String?,
        _ rateLimit: Int,
        _ origins: String,
        _ patience: Duration?
    ) throws -> GatewayConfiguration {
        var http = HTTPListenerConfiguration(port: 0)
        http.drainLimit = .seconds(3)
        if let patience { (http.idleTimeout, http.requestTimeout) = (patience, patience) }
        return GatewayConfiguration(
            redis: try RedisURL("redis://127.0.0.1:1"),
            busCell: "test",
            keys: try keys,
            dashboard: dashboard,
            http: http,
            rateLimit: rateLimit,
            crossOrigin: try #require(CrossOrigin(parsing: origins)),
            requestDeadline: deadline,
            sessionLifetime: .seconds(3600),
            isCookieSecure: false,
            shutdownDelay: .zero
        )
    }

    /// Knows four keys, and counts.
    actor Calls {
        private(set) var count = 0
        private var revoked: Set<String> = []

        func revoke(_ key: String) { revoked.insert(Authenticator.hash(of: key)) }

        func answer(_ hash: String) throws -> VerifiedKey {
            count += 1
            guard !revoked.contains(hash) else { throw ServiceFault(.unauthenticated, "No such key.") }
            switch hash {
            case Authenticator.hash(of: GatewayHarness.memberKey): return try Fixture.verified(.member)
            case Authenticator.hash(of: GatewayHarness.viewerKey): return try Fixture.verified(.viewer)
            case Authenticator.hash(of: GatewayHarness.readingKey):
                return try Fixture.verified(.member, scopes: KeyScopes([.read]))
            case Authenticator.hash(of: GatewayHarness.adminKey):
                return try Fixture.verified(.admin, user: Fixture.otherUser)
            default: throw ServiceFault(.unauthenticated, "No such key.")
            }
        }
    }
}
