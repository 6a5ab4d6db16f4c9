import Logging
import MessageBus
import StoreDomain
import Synchronization

/// The right to work on a store, and the marks of deleted ones.
///
/// One worker per store at a time, by a lease that is renewed while the work goes on. A deletion leaves a mark, so that
/// a creation delivered late (its worker was killed before it could settle it) cannot make the store again.
struct StoreLeases: Sendable {
    /// Why a body was ended before its time.
    struct Lost: Error {}

    /// The lease as it is now: taken anew it has another token.
    private final class Held: Sendable {
        private let lease: Mutex<Lease>

        init(_ lease: Lease) { self.lease = Mutex(lease) }

        var current: Lease {
            get { lease.withLock { $0 } }
            set { lease.withLock { $0 = newValue } }
        }
    }

    /// What this process holds and has marked: to the bus all its workers are one holder.
    private final class Own: Sendable {
        let held = Mutex<Set<StoreID>>([])
        let deleted = Mutex<Set<StoreID>>([])
    }

    let bus: any MessageBus
    let logger: Logger
    private let own = Own()
    var timeToLive: Duration = .seconds(6)
    /// Far longer than a message can be delivered late; ids are never used again.
    private static let markLifetime = Duration.seconds(30 * 86_400)

    init(bus: any MessageBus, logger: Logger) {
        self.bus = bus
        self.logger = logger
    }

    /// Runs `body` with the right to a store; nil, without running it, when another worker has it. Throws `Lost`, having
    /// cancelled the body, when another worker took over.
    func withLease<Result: Sendable>(
        on store: StoreID,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        guard own.held.withLock({ $0.insert(store).inserted }) else { return nil }
        defer { own.held.withLock { _ = $0.remove(store) } }
        guard let lease = try await bus.acquireLease(Self.name(of: store), timeToLive: timeToLive) else { return nil }
        return try await holding(lease, body)
    }

    static func name(of store: StoreID) -> String { "store/\(store)" }

    /// Runs `body` while the lease is renewed, and gives it back in any case.
    private func holding<Result: Sendable>(
        _ lease: Lease,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let held = Held(lease)
        do {
            let result = try await withThrowingTaskGroup(of: Result.self) { group in
                group.addTask(operation: body)
                group.addTask {
                    try await keep(held)
                    throw Lost()
                }
                defer { group.cancelAll() }
                guard let result = try await group.next() else { throw CancellationError() }
                return result
            }
            await giveBack(held.current)
            return result
        } catch {
            await giveBack(held.current)
            throw error
        }
    }

    /// Whether the store was deleted.
    func isDeleted(_ store: StoreID) async throws -> Bool {
        if own.deleted.withLock({ $0.contains(store) }) { return true }
        guard let lease = try await bus.acquireLease("deleted/\(store)", timeToLive: .seconds(5)) else { return true }
        try await bus.releaseLease(lease)
        return false
    }

    /// Marks the store as deleted. Idempotent.
    func markDeleted(_ store: StoreID) async throws {
        own.deleted.withLock { _ = $0.insert(store) }
        _ = try await bus.acquireLease("deleted/\(store)", timeToLive: Self.markLifetime)
    }

    /// Returns when another worker has the lease. One that ran out while the bus was away is taken anew: until then
    /// nobody could take it.
    private func keep(_ held: Held) async throws {
        while true {
            try await Task.sleep(for: timeToLive / 4)
            do {
                let lease = held.current
                if try await bus.renewLease(lease, timeToLive: timeToLive) { continue }
                guard let again = try await bus.acquireLease(lease.name, timeToLive: timeToLive) else { return }
                held.current = again
            } catch let error as BusError {
                logger.debug("Lease not renewed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func giveBack(_ lease: Lease) async {
        // In a task of its own, awaited here: a cancelled worker must still give it back.
        await Task {
            do {
                try await bus.releaseLease(lease)
            } catch {
                logger.debug("Lease not given back", metadata: ["error": "\(error)"])
            }
        }.value
    }
}
