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

    let client: GatewayClient
    let bus: MemoryMessageBus
    let context: ProcessContext
    let group: ServiceGroup
    /// How often keys were asked about.
    let verifications: Calls

    var member: GatewayClient { signed(Self.memberKey) }
    var admin: GatewayClient { signed(Self.adminKey) }
    var viewer: GatewayClient { signed(Self.viewerKey) }

    private func signed(_ key: String) -> GatewayClient {
        var client = client
        client.headers["Authorization"] = "Bearer \(key)"
        return client
    }

    /// Runs the gateway for the length of a test. `requests` adds the services' answers; keys are answered already.
    static func run(
        deadline: Duration = .seconds(5),
        dashboard: String? = nil,
        requests: @escaping (inout RequestRouter) -> Void = { _ in },
        _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        let bus = MemoryMessageBus()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let context = ProcessContext(
            service: "gateway",
            instance: "g1",
            logger: logger,
            readiness: ReadinessBoard(dependencies: ReadinessRule.names),
            metrics: MetricsRegistry()
        )
        let verifications = Calls()
        var router = RequestRouter(logger: logger)
        router.on(Subjects.Auth.verify, VerifyKey.self) { try await verifications.answer($0) }
        requests(&router)
        let gateway = try await GatewayMain.gateway(
            try configuration(deadline: deadline, dashboard: dashboard),
            context,
            bus: bus
        )
        let peer = bus.peer()
        let responders = ["store.v1.>", "auth.v1.>"].map { filter in
            RequestResponder(
                bus: peer,
                filter: SubjectFilter(trusted: filter),
                queueGroup: "store-service",
                logger: logger,
                handler: router.answer
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

    private static func configuration(deadline: Duration, dashboard: String?) throws -> GatewayConfiguration {
        var http = HTTPListenerConfiguration(port: 0)
        http.drainLimit = .seconds(3)
        return GatewayConfiguration(
            redis: try RedisURL("redis://127.0.0.1:1"),
            busCell: "test",
            keys: try SealingKeys(parsing: "k1:\(Data(repeating: 7, count: 32).base64EncodedString())"),
            dashboard: dashboard,
            http: http,
            requestDeadline: deadline,
            sessionLifetime: .seconds(3600),
            isCookieSecure: false,
            shutdownDelay: .zero
        )
    }

    /// Knows three keys, and counts.
    actor Calls {
        private(set) var count = 0
        private var revoked: Set<String> = []

        func revoke(_ key: String) { revoked.insert(Authenticator.hash(of: key)) }

        func answer(_ request: VerifyKey) throws -> VerifiedKey {
            count += 1
            guard !revoked.contains(request.keyHash) else { throw ServiceFault(.unauthenticated, "No such key.") }
            switch request.keyHash {
            case Authenticator.hash(of: GatewayHarness.memberKey): return try Fixture.verified(.member)
            case Authenticator.hash(of: GatewayHarness.viewerKey): return try Fixture.verified(.viewer)
            case Authenticator.hash(of: GatewayHarness.adminKey):
                return try Fixture.verified(.admin, user: Fixture.otherUser)
            default: throw ServiceFault(.unauthenticated, "No such key.")
            }
        }
    }
}

/// Waits until the condition holds; records an issue when it does not within the limit.
func eventually(
    within limit: Duration = .seconds(5),
    _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record(comment, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
