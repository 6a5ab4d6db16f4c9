import Logging
import MessageBus
import StoreDomain

/// The right to work on a store, and the marks of deleted ones.
///
/// One worker per store at a time, by a lease that is renewed while the work goes on. A deletion leaves a mark, so that
/// a creation delivered late (its worker was killed before it could settle it) cannot make the store again.
struct StoreLeases: Sendable {
    /// Why a body was ended before its time.
    struct Lost: Error {}

    let bus: any MessageBus
    let logger: Logger
    var timeToLive: Duration = .seconds(6)
    /// Far longer than a message can be delivered late; ids are never used again.
    private static let markLifetime = Duration.seconds(30 * 86_400)

    /// Takes the right to a store; nil when another worker has it.
    func acquire(_ store: StoreID) async throws -> Lease? {
        try await bus.acquireLease("store/\(store)", timeToLive: timeToLive)
    }

    /// Runs `body` while the lease is renewed; cancels it and throws `Lost` when another worker has taken over. Gives
    /// the lease back in any case.
    func holding<Result: Sendable>(
        _ lease: Lease,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await withThrowingTaskGroup(of: Result.self) { group in
                group.addTask(operation: body)
                group.addTask {
                    try await keep(lease)
                    throw Lost()
                }
                defer { group.cancelAll() }
                guard let result = try await group.next() else { throw CancellationError() }
                return result
            }
            await giveBack(lease)
            return result
        } catch {
            await giveBack(lease)
            throw error
        }
    }

    /// Whether the store was deleted.
    func isDeleted(_ store: StoreID) async throws -> Bool {
        guard let lease = try await bus.acquireLease("deleted/\(store)", timeToLive: .seconds(5)) else { return true }
        try await bus.releaseLease(lease)
        return false
    }

    /// Marks the store as deleted. Idempotent.
    func markDeleted(_ store: StoreID) async throws {
        _ = try await bus.acquireLease("deleted/\(store)", timeToLive: Self.markLifetime)
    }

    /// Returns when the lease is lost. While the bus is away nobody else can take it.
    private func keep(_ lease: Lease) async throws {
        while true {
            try await Task.sleep(for: timeToLive / 4)
            do {
                guard try await bus.renewLease(lease, timeToLive: timeToLive) else { return }
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
