import Foundation
import Logging
import MessageBus
import Synchronization
import TestSupport

@testable import RedisStreams

/// A Redis of one test's own, the way to it, and everything that uses it there.
final class ChaosSite: Sendable {
    /// Most faults are done to this one.
    static let stream = StreamConfiguration(
        name: "CHAOS",
        subjects: SubjectFilter(trusted: "chaos.>"),
        retention: .workQueue
    )

    let server: TestRedis
    let proxy: FaultProxy
    /// Goes through the proxy.
    let configuration: RedisBusConfiguration
    /// Past the proxy.
    let redis: RedisConnection
    let log = LogLines()
    private let buses = Mutex<[RedisMessageBus]>([])
    private let workers = Mutex<[WorkerProcess]>([])

    private init(_ server: TestRedis, _ proxy: FaultProxy) {
        self.server = server
        self.proxy = proxy
        var configuration = RedisBusConfiguration(
            url: proxy.url,
            cell: "t" + UUID().uuidString.prefix(8).lowercased(),
            service: "chaos"
        )
        configuration.heartbeat = .milliseconds(300)
        configuration.presence = .milliseconds(1_500)
        configuration.blockTime = .seconds(1)
        configuration.patience = .seconds(1)
        configuration.offlineGrace = .seconds(1)
        configuration.reclaimInterval = .milliseconds(100)
        self.configuration = configuration
        redis = Self.connection(to: server)
    }

    /// A connection for the oracle, past every proxy.
    static func connection(to server: TestRedis) -> RedisConnection {
        var direct = RedisConnectionConfiguration(url: server.url, name: "oracle")
        direct.patience = .seconds(30)
        direct.offlineGrace = .seconds(10)
        return RedisConnection(
            configuration: direct,
            logger: Logger(label: "oracle") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Opens a site, hands it to `body`, and takes it down whatever becomes of it.
    static func with(
        _ settings: [String] = [],
        wrapper: String = "",
        _ body: (ChaosSite) async throws -> Void
    ) async throws {
        let server = try await TestRedis.start(settings, wrapper: wrapper)
        let site = ChaosSite(server, try FaultProxy(before: server.url.address))
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(site)) } catch { outcome = .failure(error) }
        if case .failure = outcome { await site.show() }
        await site.close()
        try outcome.get()
    }

    /// For whoever has to find out why a test failed.
    private func show() async {
        log.show()
        for worker in workers.withLock({ $0 }) { worker.show() }
        do { print("pending: \(try await pending()), dead letters: \(try await deadLetters())") } catch { print(error) }
    }

    private func close() async {
        await proxy.restore()
        for worker in workers.withLock({ $0 }) { await worker.end() }
        await withTaskGroup { group in
            for bus in buses.withLock({ $0 }) { group.addTask { await bus.drain(within: .milliseconds(200)) } }
        }
        redis.close()
        await proxy.stop()
        server.end()
    }

    // MARK: - Who uses it

    /// One more process' bus, with the stream declared unless told otherwise.
    func bus(
        declaring stream: StreamConfiguration? = ChaosSite.stream,
        _ change: (inout RedisBusConfiguration) -> Void = { _ in }
    ) async throws -> RedisMessageBus {
        var configuration = self.configuration
        change(&configuration)
        var logger = Logger(label: "chaos") { [log] _ in log }
        logger.logLevel = .info
        let bus = try RedisMessageBus(configuration: configuration, logger: logger)
        buses.withLock { $0.append(bus) }
        if let stream { try await bus.ensureStream(stream) }
        return bus
    }

    /// A real process of its own; see ChaosWorker for what it understands.
    func worker(_ command: String, _ arguments: [String] = [], wrapper: [String] = []) async throws -> WorkerProcess {
        let own = ["--url", configuration.url.description, "--cell", configuration.cell]
        let worker = try WorkerProcess([command] + own + arguments, wrapper: wrapper)
        workers.withLock { $0.append(worker) }
        return worker
    }

    /// The consumer most faults are done to.
    static func consumer(
        acknowledgeWait: Duration = .seconds(30),
        maximumDeliveries: Int = 0,
        inFlight: Int = 16
    ) -> ConsumerConfiguration {
        ConsumerConfiguration(
            stream: stream.name,
            durable: "worker",
            acknowledgeWait: acknowledgeWait,
            maximumDeliveries: maximumDeliveries,
            maximumInFlight: inFlight
        )
    }
}
