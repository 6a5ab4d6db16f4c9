package import Logging
import MessageBus
import ServiceLifecycle
import Synchronization

/// The bus on Redis Streams.
///
/// Begins to connect when it is made and keeps at it for ever: subscriptions and consumers resume by themselves, calls
/// fail with `unavailable` while Redis is away for longer than `offlineGrace`. As a service it does nothing but drain on
/// graceful shutdown; let it be the first of its group, so that it is the last to end.
///
/// Per process: one connection for commands, one for reading by cursor, one for each queue group and each durable
/// consumer. All of them live on one thread of their own.
package final class RedisMessageBus: MessageBus, Service {
    struct State {
        var lastID = 0
        var queueGroups: [String: QueueGroupReader] = [:]
        var consumers: [Int: DurableConsumer] = [:]
        var follows: [Int: Mailbox<StoredMessage>] = [:]
        var appendable: [String: AppendableStream] = [:]
        var watches: [Int: Mailbox<KeyValueUpdate>] = [:]
        var isDraining = false
        var isClosed = false
    }

    package let instance: String
    let context: BusContext
    let requests: RequestTable
    let interests: InterestCache
    let presence: Presence
    let streams: StreamRegistry
    let cursors: CursorReader
    let coreLogs: CoreLogs
    let mover: ScheduleMover
    let state = Mutex(State())
    private static let inboxFeed = 1

    /// Throws only for a cell or an instance id that cannot stand in a key; Redis being away is no error.
    package init(configuration: RedisBusConfiguration, logger: Logger) throws {
        let instance = try InstanceClaim.instance(configuration)
        self.instance = instance
        let events = ConnectionEvents()
        context = try BusContext(configuration: configuration, instance: instance, logger: logger) { events.pass($0) }
        let cursors = CursorReader(context)
        self.cursors = cursors
        requests = RequestTable(loop: context.loop)
        interests = InterestCache(context)
        streams = StreamRegistry(context)
        mover = ScheduleMover(context, streams)
        coreLogs = CoreLogs(context, cursors)
        presence = Presence(context) { cursors.cursor(of: Self.inboxFeed) ?? .zero }
        state.withLock { $0.lastID = Self.inboxFeed }
        let (context, requests, presence, streams) = (self.context, self.requests, self.presence, self.streams)
        context.loop.submit {
            cursors.open()
            let inbox = InboxSink(requests, context.statistics)
            cursors.add(Self.inboxFeed, key: context.keys.inbox(instance), after: .zero, inbox, watchesGaps: false)
            presence.begin()
            streams.maintain()
        }
        mover.begin()
        events.listen { event in
            switch event {
            case .online: presence.beat { _ in }
            case .offline(let error):
                context.statistics.add(.reconnects)
                context.logger.warning("Connection to Redis lost", metadata: ["error": "\(error)"])
            }
        }
    }

    /// What was counted since the start.
    package var statistics: BusStatistics { context.statistics }

    package func serverTime() -> UInt64 { context.clock.now }

    /// False also while the server answers and takes no writes.
    package func isConnected() async -> Bool { context.command.isOnline && !presence.isRefused }

    /// Waits for graceful shutdown, then drains within 10 seconds.
    package func run() async throws {
        // Being cancelled asks for the same.
        do { try await gracefulShutdown() } catch {}
        await drain(within: .seconds(10))
    }

    // MARK: - For the extensions

    func makeID() -> Int {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    /// For what may still be done while draining: answering, settling, appending.
    func checkOpen() throws {
        if state.withLock({ $0.isClosed }) { throw BusError(.closed, "the bus is closed") }
    }

    /// For what takes something new.
    func checkTaking() throws {
        if state.withLock({ $0.isDraining || $0.isClosed }) { throw BusError(.closed, "the bus is draining") }
    }

    func check(_ message: BusMessage) throws {
        try message.checkSize()
    }

    /// Runs something on the loop's thread and waits for it.
    func onLoop(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            context.loop.submit {
                body()
                continuation.resume()
            }
        }
    }

    func execute(_ command: RedisCommand) async throws -> RESPValue {
        do { return try await context.command.execute(command) } catch { throw BusError.from(error) }
    }
}

/// Passes a connection's events on to a listener that exists only after it.
private final class ConnectionEvents: Sendable {
    private let listener = Mutex<(@Sendable (RedisConnection.Event) -> Void)?>(nil)

    func listen(_ listener: @escaping @Sendable (RedisConnection.Event) -> Void) {
        self.listener.withLock { $0 = listener }
    }

    func pass(_ event: RedisConnection.Event) { listener.withLock { $0 }?(event) }
}
