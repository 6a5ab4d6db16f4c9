import Logging
import MessageBus
import StoreDomain
import Synchronization

/// The right to work on a store: one worker at a time, by a lease that is renewed while the work goes on.
struct StoreLeases: Sendable {
    /// Why a body was ended before its time: another worker has the store.
    struct Lost: Error {}

    let bus: any MessageBus
    let logger: Logger
    /// A dead worker's stores wait this long for another one.
    var timeToLive: Duration = .seconds(6)
    /// What this process holds: to the bus all its workers are one holder.
    private let own = Own()

    private final class Own: Sendable {
        let held = Mutex<Set<StoreID>>([])
    }

    init(bus: any MessageBus, logger: Logger) {
        self.bus = bus
        self.logger = logger
    }

    /// Runs `body` with the right to a store; nil, without running it, when another worker has it. Throws `Lost`, having
    /// cancelled the body, when another worker took over.
    func withLease<Result: Sendable>(
        on store: StoreID,
        _ body: @escaping @Sendable (StoreHold) async throws -> Result
    ) async throws -> Result? {
        guard own.held.withLock({ $0.insert(store).inserted }) else { return nil }
        defer { own.held.withLock { _ = $0.remove(store) } }
        let sureUntil = sureUntil()
        guard let lease = try await bus.acquireLease(Self.name(of: store), timeToLive: timeToLive) else { return nil }
        return try await holding(StoreHold(lease, sureUntil: sureUntil), body)
    }

    static func name(of store: StoreID) -> String { "store/\(store)" }

    /// Until when a renewal asked for now is relied on. A third of the lease's life is left for a helm to be ended.
    private func sureUntil() -> ContinuousClock.Instant { .now + timeToLive * 2 / 3 }

    /// Runs `body` while the lease is renewed, and gives it back in any case.
    private func holding<Result: Sendable>(
        _ hold: StoreHold,
        _ body: @escaping @Sendable (StoreHold) async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await withThrowingTaskGroup(of: Result.self) { group in
                group.addTask { try await body(hold) }
                group.addTask {
                    try await keep(hold)
                    hold.lost()
                    throw Lost()
                }
                defer { group.cancelAll() }
                guard let result = try await group.next() else { throw CancellationError() }
                return result
            }
            await giveBack(hold.lease)
            return result
        } catch {
            await giveBack(hold.lease)
            throw error
        }
    }

    /// Returns when another worker has the lease. One that ran out while the bus was away is taken anew: until then
    /// nobody could take it.
    private func keep(_ hold: StoreHold) async throws {
        while true {
            // Several renewals fit into what is sure, so that one that fails stops nobody.
            try await Task.sleep(for: timeToLive / 6)
            do {
                let lease = hold.lease
                let sureUntil = sureUntil()
                if try await bus.renewLease(lease, timeToLive: timeToLive) {
                    hold.renewed(lease, sureUntil: sureUntil)
                    continue
                }
                guard let again = try await bus.acquireLease(lease.name, timeToLive: timeToLive) else { return }
                hold.renewed(again, sureUntil: sureUntil)
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
                // It runs out by itself.
                logger.debug("Lease not given back", metadata: ["error": "\(error)"])
            }
        }.value
    }
}
