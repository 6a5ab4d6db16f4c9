import Foundation
import HTTPServer
import Logging
import PlatformCrypto
import PostgresClient
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Whoever was told of a change sees it, whichever gateway they ask next: two gateways, real store-services, a real Redis
/// and a real PostgreSQL.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ReadYourWritesTests {
    @Test func `what one gateway answered every other one shows, thousands of times`() async throws {
        try await TwoGateways.run { world in
            try await world.start("s1")
            try await world.start("s2")
            try await world.isReady()
            let rounds = 400
            let before = world.figures

            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        for round in 0..<(rounds / 8) { try await Self.life("l\(lane)r\(round)", world, lane + round) }
                    }
                }
                try await group.waitForAll()
            }

            let after = world.figures
            let reads = rounds * Self.readsOfALife
            let viewed = after.current - before.current
            #expect(viewed > reads / 2, "of \(reads) reads the views answered \(viewed): \(after)")
            #expect(after.questions - before.questions <= viewed)
        }
    }

    private static let readsOfALife = 9

    /// A store from POST to DELETE; each change through one gateway, each look through the other.
    private static func life(_ name: String, _ world: TwoGateways, _ turn: Int) async throws {
        let (here, there) = (world.clients[turn % 2], world.clients[(turn + 1) % 2])
        let created = try await here.call("POST", "/api/stores", #"{"name":"\#(name)x","engine":"woocommerce"}"#)
        #expect(created.status == 202)
        let id = try #require(try created.json.at("store.id")?.stringValue)
        for client in [there, here] {
            let seen = try await client.call("GET", "/api/stores/\(id)")
            #expect(seen.status == 200, "\(name) through another gateway")
            let list = try await client.call("GET", "/api/stores?limit=100")
            #expect(list.text.contains(id))
            let found = try await client.call("GET", "/api/stores?q=\(name)x&sort=name&limit=1")
            #expect(found.text.contains(id))
        }
        let tag = try #require(try await there.call("GET", "/api/stores/\(id)").headers["ETag"])

        let renamed = try await there.call(
            "PATCH",
            "/api/stores/\(id)",
            #"{"displayName":"Renamed \#(name)"}"#,
            headers: ["If-Match": tag]
        )
        #expect(renamed.status == 200, "the tag is that of store-service")
        let seen = try await here.call("GET", "/api/stores/\(id)", headers: ["If-None-Match": tag])
        #expect(seen.status == 200)
        #expect(seen.headers["ETag"] == renamed.headers["ETag"])
        #expect(seen.text == renamed.text)

        #expect(try await here.call("DELETE", "/api/stores/\(id)").status == 202)
        let end = try await there.call("GET", "/api/stores/\(id)")
        #expect(try end.json["status"]?.stringValue == "DELETING")
    }

    @Test func `a store-service killed between commit and put leaves nobody with an older truth`() async throws {
        try await TwoGateways.run { world in
            try await world.start("whole")
            try await world.isReady()
            for attempt in 0..<5 {
                let armed = try await world.start("armed-\(attempt)", failpoint: "store-service.view.put.before")
                // Every other request or so is the armed one's.
                for number in 0..<200 where !armed.hasEnded {
                    let name = "k\(attempt)n\(number)x"
                    let body = #"{"name":"\#(name)","engine":"woocommerce"}"#
                    let headers = ["Idempotency-Key": name]
                    var told = try await world.clients[0].call("POST", "/api/stores", body, headers: headers)
                    guard told.status != 202 else { continue }

                    // The client does what clients do: the same again, until it is told.
                    while told.status == 503 {
                        told = try await world.clients[1].call("POST", "/api/stores", body, headers: headers)
                    }
                    #expect(told.status == 202)
                    let id = try #require(try told.json.at("store.id")?.stringValue)
                    for client in world.clients {
                        #expect(try await client.call("GET", "/api/stores/\(id)").status == 200)
                        #expect(try await client.call("GET", "/api/stores?limit=100").text.contains(id))
                    }
                }
                try await eventually("the end of the armed one") { armed.hasEnded }
                #expect(armed.endingSignal == SIGKILL)
            }
        }
    }

    @Test func `what was committed and not put is put by the relay of another`() async throws {
        try await TwoGateways.run { world in
            try await world.start("whole")
            try await world.isReady()
            let armed = try await world.start("armed", failpoint: "store-service.view.put.before")
            var lost: String?
            for number in 0..<200 where lost == nil {
                let body = #"{"name":"r\#(number)x","engine":"woocommerce"}"#
                let told = try await world.clients[0].call("POST", "/api/stores", body)
                if told.status != 202 {
                    lost = "r\(number)x"
                    #expect(told.status == 503, "\(told.text)")
                }
            }
            let name = try #require(lost)
            try await eventually("the end of the armed one") { armed.hasEnded }
            #expect(armed.endingSignal == SIGKILL)

            try await eventually("the lost store") {
                let before = world.figures
                let page = try await world.clients[1].call("GET", "/api/stores?limit=100")
                return page.text.contains("\"\(name)\"") && world.figures.current > before.current
            }
        }
    }

    @Test func `after Redis was emptied store-service answers until the view is whole again`() async throws {
        try await TwoGateways.run { world in
            try await world.start("s1")
            try await world.isReady()
            var ids: [String] = []
            for number in 0..<20 {
                let body = #"{"name":"e\#(number)x","engine":"woocommerce"}"#
                let created = try await world.clients[0].call("POST", "/api/stores", body)
                ids.append(try #require(try created.json.at("store.id")?.stringValue))
            }

            _ = try await world.redis.command("FLUSHALL")

            let emptied = world.figures.current
            try await eventually("views that answer again", within: .seconds(60)) {
                for id in ids {
                    let seen = try await world.clients[1].call("GET", "/api/stores/\(id)")
                    // Presence and consumers were lost with the rest: for a moment nobody may be known to answer.
                    guard seen.status != 503 else { return false }
                    #expect(seen.status == 200)
                }
                return world.figures.current >= emptied + ids.count
            }
        }
    }
}

/// Two gateways in this process, and store-services in processes of their own.
final class TwoGateways: Sendable {
    static let key = "admin-key-of-the-gateways"

    let redis: TestRedis
    let clients: [GatewayClient]
    private let indexes: [ReadIndex]
    private let environment: [String: String]
    private let processes = Mutex<[ChildProcess]>([])

    private init(redis: TestRedis, clients: [GatewayClient], indexes: [ReadIndex], environment: [String: String]) {
        self.redis = redis
        self.clients = clients
        self.indexes = indexes
        self.environment = environment
    }

    /// What both views together were asked.
    var figures: ReadIndex.Figures {
        indexes.map(\.figures).reduce(into: ReadIndex.Figures()) { sum, figures in
            sum.current += figures.current
            sum.behind += figures.behind
            sum.unusable += figures.unusable
            sum.questions += figures.questions
        }
    }

    static func run(_ body: (TwoGateways) async throws -> Void) async throws {
        let redis = try await TestRedis.start()
        defer { redis.end() }
        let postgres = try await TestPostgres.sharedServer().makeDatabase(poolSize: 4)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var services: [any Service] = []
        var clients: [GatewayClient] = []
        var indexes: [ReadIndex] = []
        for number in 1...2 {
            let bus = try RedisMessageBus(
                configuration: RedisBusConfiguration(url: redis.url, cell: "ryw", service: "gateway"),
                logger: logger
            )
            let context = ProcessContext(
                service: "gateway",
                instance: "g\(number)",
                logger: logger,
                readiness: ReadinessBoard(dependencies: ReadinessRule.names),
                metrics: MetricsRegistry()
            )
            let configuration = try GatewayHarness.configuration(.seconds(5), nil, 0, "", nil)
            let gateway = try await GatewayMain.gateway(configuration, context, bus: bus)
            services += [bus] + gateway.services
            clients.append(
                GatewayClient(port: gateway.listener.port, headers: ["Authorization": "Bearer \(key)"])
            )
            indexes.append(try #require(gateway.services.lazy.compactMap { $0 as? StoreViewFeed }.first).index)
        }
        let world = TwoGateways(
            redis: redis,
            clients: clients,
            indexes: indexes,
            environment: [
                "REDIS_URL": "unix://\(redis.directory)/redis.sock", "BUS_CELL": "ryw", "DATABASE_URL": postgres.url,
                "DATABASE_POOL_SIZE": "6", "BOOTSTRAP_ADMIN_KEY": key, "BOOTSTRAP_ADMIN_MAX_STORES": "100000",
                "BASE_DOMAIN": "example.test", "HTTP_PORT": "0", "LOG_LEVEL": "error",
            ]
        )
        let group = ServiceGroup(services: services, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body(world)) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await world.end()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    /// Starts a store-service; it answers some time later.
    @discardableResult
    func start(_ instance: String, failpoint: String? = nil) async throws -> ChildProcess {
        var variables = environment
        variables["INSTANCE_ID"] = instance
        variables["FAILPOINT"] = failpoint
        let process = try ChildProcess([try TestPrograms.path(of: "store-service")], environment: variables)
        processes.withLock { $0.append(process) }
        try TestPrograms.endWithTests("store-service", process.pid)
        return process
    }

    /// Waits until both gateways answer from their views.
    func isReady() async throws {
        for client in clients {
            let before = figures.current
            try await eventually("a gateway that answers from its view", within: .seconds(60)) {
                try await client.call("GET", "/api/stores").status == 200 && figures.current > before
            }
        }
    }

    private func end() async throws {
        for process in processes.withLock({ $0 }) { try await process.kill() }
    }
}
