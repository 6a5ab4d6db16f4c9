import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts
import StoreDomain
import Synchronization

/// Reads the `STORES` stream once for all dashboards of this process and passes on what is theirs.
///
/// A client that cannot keep up is cut, and comes back with the id of the last event it saw. A user whose keys changed
/// is cut as well: coming back means being authenticated anew.
final class EventHub: Service {
    /// What a client's stream brings.
    enum Item: Sendable {
        case event(LiveEvent)
        case heartbeat
    }

    /// A client's place.
    struct Subscription: Sendable {
        let key: UInt64
        let items: AsyncStream<Item>
        /// For the client's own heartbeats.
        let continuation: AsyncStream<Item>.Continuation
        /// The newest event when it began; what is newer comes by `items`.
        let newest: StreamID?
    }

    private struct Client {
        let caller: Caller
        let continuation: AsyncStream<Item>.Continuation
    }

    private struct State {
        var recent = RecentEvents(capacity: 2048)
        var clients: [UInt64: Client] = [:]
        var nextKey: UInt64 = 0
    }

    static let filters = StoreNotice.Kind.allCases.map(Subjects.notices)
    /// Events that may wait for a client.
    static let clientBuffer = 256
    static let maximumClients = 2048

    private let bus: any MessageBus
    private let logger: Logger
    private let onAuthChange: @Sendable (UserID?) -> Void
    private let state = Mutex(State())

    /// `onAuthChange` is told whose keys changed; nil: anyone's.
    init(bus: any MessageBus, logger: Logger, onAuthChange: @escaping @Sendable (UserID?) -> Void) {
        self.bus = bus
        self.logger = logger
        self.onAuthChange = onAuthChange
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var cursor = FollowStart.new
            await Perseverance(message: "Following the stores was interrupted", logger: logger).run {
                try await bus.ensureStream(Streams.stores)
                let stored = try await bus.follow(Streams.stores.name, filters: Self.filters, from: cursor)
                // What was learned before could have changed unnoticed.
                if case .new = cursor { onAuthChange(nil) }
                for try await message in stored {
                    cursor = .after(message.id)
                    take(message)
                }
            }
        }
        endAll()
    }

    /// Opens a client's stream; nil when there are too many.
    func subscribe(_ caller: Caller) -> Subscription? {
        state.withLock { state in
            guard state.clients.count < Self.maximumClients else { return nil }
            let (items, continuation) = AsyncStream<Item>.makeStream(
                bufferingPolicy: .bufferingOldest(Self.clientBuffer)
            )
            state.nextKey += 1
            state.clients[state.nextKey] = Client(caller: caller, continuation: continuation)
            return Subscription(
                key: state.nextKey,
                items: items,
                continuation: continuation,
                newest: state.recent.newest
            )
        }
    }

    /// Ends a client's stream. Idempotent.
    func unsubscribe(_ subscription: Subscription) {
        _ = state.withLock { $0.clients.removeValue(forKey: subscription.key) }
        subscription.continuation.finish()
    }

    /// What came after an id, as far as memory goes back; nil when it does not.
    func recent(after id: StreamID) -> [LiveEvent]? {
        state.withLock { $0.recent.after(id) }?.compactMap { event(of: $0) }
    }

    /// What came after an id, from the stream itself. Ends at `newest`, and without it never by itself.
    func stored(after id: StreamID) async throws -> BusSequence<StoredMessage> {
        try await bus.follow(Streams.stores.name, filters: Self.filters, from: .after(id))
    }

    /// The event a message tells of; nil for what is no dashboard's business.
    func event(of stored: StoredMessage) -> LiveEvent? {
        guard stored.message.subject != Subjects.Auth.changed else { return nil }
        do {
            return try LiveEvent(try Contract.body(StoreNotice.self, of: stored.message), id: stored.id)
        } catch {
            logger.warning("Notice not understood", metadata: ["bus.subject": "\(stored.message.subject)"])
            return nil
        }
    }

    private func take(_ stored: StoredMessage) {
        guard stored.message.subject != Subjects.Auth.changed else { return authChanged(stored.message) }
        // While nobody listens, nothing is read but its id.
        let isAwaited = state.withLock { $0.recent.append(stored) && !$0.clients.isEmpty }
        guard isAwaited, let event = event(of: stored) else { return }
        let slow = state.withLock { state -> [Client] in
            var slow = [Client]()
            for (key, client) in state.clients where event.isVisible(to: client.caller) {
                if case .dropped = client.continuation.yield(.event(event)) {
                    state.clients[key] = nil
                    slow.append(client)
                }
            }
            return slow
        }
        for client in slow {
            client.continuation.finish()
            logger.notice("Slow live stream cut", metadata: ["user.id": "\(client.caller.userID)"])
        }
    }

    private func authChanged(_ message: BusMessage) {
        struct Change: Decodable { let userID: UserID }
        var user: UserID?
        do { user = try Contract.body(Change.self, of: message).userID } catch {
            // Without a name it may be anyone's.
        }
        onAuthChange(user)
        let cut = state.withLock { state in
            let cut = state.clients.filter { user == nil || $0.value.caller.userID == user }
            for key in cut.keys { state.clients[key] = nil }
            return cut
        }
        for client in cut.values { client.continuation.finish() }
    }

    private func endAll() {
        let clients = state.withLock { state in
            defer { state.clients = [:] }
            return state.clients
        }
        for client in clients.values { client.continuation.finish() }
    }
}
