import Foundation
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct OutboxRelayTests {
    @Test func `publishes in order and empties the outbox`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        for number in 0..<5 { _ = try await fixture.create("shop-\(number)", for: caller) }
        let expected = try await fixture.outbox().map(\.message.subject)

        try await fixture.relay.drain()

        #expect(try await fixture.outbox().isEmpty)
        let provision = try await fixture.stored(in: Streams.provision)
        let stores = try await fixture.stored(in: Streams.stores)
        #expect(provision.count == 5)
        #expect(stores.map(\.subject) == expected.filter { $0.firstToken == "stores" })
    }

    @Test func `a new store is told in one message, with its operation and how its timeline begins`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")

        let accepted = try await fixture.create("acme", for: caller)

        let notices = try await fixture.outbox().filter { $0.stream == Streams.stores.name }
        #expect(notices.count == 1)
        let notice = try Contract.body(StoreNotice.self, of: try #require(notices.first).message)
        #expect(notice.kind == .created)
        #expect(notice.store == accepted.store)
        #expect(notice.operation == accepted.operation)
        #expect(notice.events?.map(\.event) == ["created"])
        #expect(notice.ownerID == caller.userID)
    }

    @Test func `a crash between publishing and forgetting publishes again and is stored once`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        _ = try await fixture.create("acme", for: caller)
        let before = try await fixture.outbox()
        let crashing = FaultyBus(fixture.bus, failure: .afterAppending)
        let relay = OutboxRelay(bus: crashing, database: fixture.database, logger: Fixture.logger)

        await #expect(throws: BusError.self) { try await relay.drain() }
        #expect(try await fixture.outbox() == before)

        try await fixture.relay.drain()
        #expect(try await fixture.outbox().isEmpty)
        #expect(try await fixture.stored(in: Streams.provision).count == 1)
        #expect(try await fixture.stored(in: Streams.stores).count == 1)
    }

    @Test func `nothing is lost while the bus is away, and it is published once it is back`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let bus = FaultyBus(fixture.bus, failure: .beforeAppending)
        let relay = OutboxRelay(bus: bus, database: fixture.database, logger: Fixture.logger)
        let running = Task { try await relay.run() }
        _ = try await fixture.create("acme", for: caller)
        try await eventually { bus.refusals > 0 }
        #expect(try await fixture.outbox().count == 2)

        bus.heal()

        try await eventually { try await fixture.outbox().isEmpty }
        #expect(try await fixture.stored(in: Streams.provision).count == 1)
        running.cancel()
        try await running.value
    }

    @Test func `several relays at once publish each message once and in order`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada", maxStores: 100)
        let running = (0..<3).map { _ in Task { try await fixture.relay.run() } }

        for number in 0..<30 { _ = try await fixture.create("shop-\(number)", for: caller) }

        try await eventually { try await fixture.outbox().isEmpty }
        let commands = try await fixture.stored(in: Streams.provision)
        let names = try commands.map { try Contract.body(ProvisionCommand.self, of: $0).name.description }
        #expect(names == (0..<30).map { "shop-\($0)" })
        running.forEach { $0.cancel() }
        for task in running { try await task.value }
    }

    @Test func `publishing a command starts the clock of its store`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        fixture.clock.advance(by: 3600)

        try await fixture.relay.drain()

        let record = try #require(try await fixture.database.read { try await $0.store(store.id, isLocked: false) })
        #expect(record.activeAt.timeIntervalSince(store.createdAt) >= 3600)
    }
}

extension Fixture {
    /// What a stream holds.
    func stored(in stream: StreamConfiguration) async throws -> [BusMessage] {
        // The end is known by a message of one's own.
        let tokens = stream.subjects.description.replacing(">", with: "local.end")
        let end = try Subject(tokens)
        _ = try await bus.append(BusMessage(subject: end), to: stream.name)
        let sequence = try await bus.follow(stream.name, filters: [], from: .after(.zero))
        defer { sequence.cancel() }
        var messages: [BusMessage] = []
        for try await stored in sequence {
            if stored.message.subject == end { break }
            messages.append(stored.message)
        }
        return messages
    }
}

/// A bus whose appends fail until it is healed.
final class FaultyBus: MessageBus {
    enum Failure: Sendable {
        /// As while Redis is away.
        case beforeAppending
        /// As when the process dies before it hears the answer.
        case afterAppending
    }

    private struct State {
        var isHealed = false
        var refusals = 0
    }

    private let base: MemoryMessageBus
    private let failure: Failure
    private let state = Mutex(State())

    init(_ base: MemoryMessageBus, failure: Failure) {
        self.base = base
        self.failure = failure
    }

    var refusals: Int { state.withLock { $0.refusals } }
    func heal() { state.withLock { $0.isHealed = true } }

    func append(_ message: BusMessage, to stream: String) async throws -> AppendReceipt {
        if state.withLock({ $0.isHealed }) { return try await base.append(message, to: stream) }
        if failure == .afterAppending { _ = try await base.append(message, to: stream) }
        state.withLock { $0.refusals += 1 }
        throw BusError(.unavailable, "away")
    }

    var instance: String { base.instance }
    func serverTime() -> UInt64 { base.serverTime() }
    func publish(_ message: BusMessage) async throws { try await base.publish(message) }
    func subscribe(to filter: SubjectFilter, queueGroup: String?) async throws -> BusSequence<BusMessage> {
        try await base.subscribe(to: filter, queueGroup: queueGroup)
    }
    func request(_ message: BusMessage, timeout: Duration) async throws -> BusMessage {
        try await base.request(message, timeout: timeout)
    }
    func requestMany(_ message: BusMessage, _ limits: RequestManyLimits) async throws -> BusSequence<BusMessage> {
        try await base.requestMany(message, limits)
    }
    func ensureStream(_ configuration: StreamConfiguration) async throws { try await base.ensureStream(configuration) }
    func consume(_ consumer: ConsumerConfiguration) async throws -> BusSequence<Delivery> {
        try await base.consume(consumer)
    }
    func follow(
        _ stream: String,
        filters: [SubjectFilter],
        from start: FollowStart
    ) async throws -> BusSequence<StoredMessage> { try await base.follow(stream, filters: filters, from: start) }
    func acquireLease(_ name: String, timeToLive: Duration) async throws -> Lease? {
        try await base.acquireLease(name, timeToLive: timeToLive)
    }
    func renewLease(_ lease: Lease, timeToLive: Duration) async throws -> Bool {
        try await base.renewLease(lease, timeToLive: timeToLive)
    }
    func releaseLease(_ lease: Lease) async throws { try await base.releaseLease(lease) }
    func isConnected() async -> Bool { await base.isConnected() }
    func drain(within limit: Duration) async { await base.drain(within: limit) }
}
