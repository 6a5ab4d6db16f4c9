package import Logging
package import MessageBus
import Synchronization

/// Work that only one task of all processes may do at a time, under a lease that is renewed while it lasts.
///
/// A lease belongs to a process, which gets its own again when it asks twice; what is under way in this one is
/// therefore remembered here. One object for all work of a process.
package final class LeasedWork: Sendable {
    /// The lease ran out or is someone else's: the body was cancelled and has ended. The work may be going on elsewhere.
    package struct Lost: Error {}

    private let bus: any MessageBus
    private let timeToLive: Duration
    private let logger: Logger
    private let underWay = Mutex<Set<String>>([])

    /// `timeToLive`: how long the others wait for work whose process died, and how long the bus may be away before work
    /// is ended because it may be someone else's by then.
    package init(bus: any MessageBus, timeToLive: Duration, logger: Logger) {
        self.bus = bus
        self.timeToLive = timeToLive
        self.logger = logger
    }

    /// Runs the body under the lease; nil, without running it, when someone else has it. Throws `Lost`, what the body
    /// throws, and `BusError` where the lease cannot be asked for.
    package func run<Answer: Sendable>(
        _ name: String,
        _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer? {
        guard underWay.withLock({ $0.insert(name).inserted }) else { return nil }
        defer { underWay.withLock { _ = $0.remove(name) } }
        let asked = ContinuousClock.now
        guard let lease = try await bus.acquireLease(name, timeToLive: timeToLive) else { return nil }
        let result: Result<Answer, any Error>
        do {
            result = .success(try await holding(lease, until: asked + timeToLive, body))
        } catch {
            result = .failure(error)
        }
        await giveBack(lease)
        return try result.get()
    }

    private func holding<Answer: Sendable>(
        _ lease: Lease,
        until end: ContinuousClock.Instant,
        _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let term = LeaseTerm(end: end)
        return try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await self.renew(lease, term)
                throw Lost()
            }
            group.addTask {
                try await term.pass()
                throw Lost()
            }
            // Leaving the group waits for the body to have ended.
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    /// Returns when the lease is no longer this process's. A bus that is away for a moment changes nothing: the lease
    /// stands until its term has passed.
    private func renew(_ lease: Lease, _ term: LeaseTerm) async throws {
        while true {
            // An interval: often enough that one answer may be lost.
            try await Task.sleep(for: timeToLive / 3)
            // Counted from before the question, so that it never ends later here than on the server.
            let asked = ContinuousClock.now
            do {
                guard try await bus.renewLease(lease, timeToLive: timeToLive) else { return }
                term.end = asked + timeToLive
            } catch let error as BusError {
                logger.debug("Lease not renewed", metadata: ["lease": "\(lease.name)", "error": "\(error)"])
            }
        }
    }

    private func giveBack(_ lease: Lease) async {
        // In a task of its own, awaited here: a cancelled worker gives its lease back all the same.
        await Task {
            do {
                try await bus.releaseLease(lease)
            } catch {
                // It runs out by itself.
                logger.debug("Lease not given back", metadata: ["lease": "\(lease.name)", "error": "\(error)"])
            }
        }.value
    }
}

/// Until when a lease certainly stands, by this process's own clock.
private final class LeaseTerm: Sendable {
    private let instant: Mutex<ContinuousClock.Instant>

    init(end: ContinuousClock.Instant) { instant = Mutex(end) }

    var end: ContinuousClock.Instant {
        get { instant.withLock { $0 } }
        set { instant.withLock { $0 = newValue } }
    }

    /// Returns when the end has passed without having been put off.
    func pass() async throws {
        while true {
            let end = self.end
            if ContinuousClock.now >= end { return }
            try await Task.sleep(until: end, clock: .continuous)
        }
    }
}
