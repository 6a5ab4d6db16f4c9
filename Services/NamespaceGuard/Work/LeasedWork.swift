import MessageBus
import Synchronization

/// Work that only one task of all processes may do at a time, under a lease that is renewed while it lasts.
///
/// A lease belongs to a process, which gets its own again when it asks twice; what is under way in this one is
/// therefore remembered here. One object for all work of a process.
final class LeasedWork: Sendable {
    private let bus: any MessageBus
    private let timeToLive: Duration
    private let underWay = Mutex<Set<String>>([])

    init(bus: any MessageBus, timeToLive: Duration) {
        self.bus = bus
        self.timeToLive = timeToLive
    }

    /// Runs the body under the lease. Nil when someone else has it, or when it was lost and the body was cancelled.
    func run<Answer: Sendable>(
        _ name: String,
        _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer? {
        guard underWay.withLock({ $0.insert(name).inserted }) else { return nil }
        defer { underWay.withLock { _ = $0.remove(name) } }
        guard let lease = try await bus.acquireLease(name, timeToLive: timeToLive) else { return nil }
        let result: Result<Answer?, any Error>
        do {
            result = .success(try await underLease(lease, body))
        } catch {
            result = .failure(error)
        }
        // In a task of its own, awaited here: a cancelled worker gives its lease back all the same.
        let bus = bus
        await Task {
            // What cannot be given back runs out by itself.
            do { try await bus.releaseLease(lease) } catch {}
        }.value
        return try result.get()
    }

    private func underLease<Answer: Sendable>(
        _ lease: Lease,
        _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer? {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await body() }
            group.addTask { [bus, timeToLive] in
                while true {
                    try await Task.sleep(for: timeToLive / 3)
                    guard try await bus.renewLease(lease, timeToLive: timeToLive) else { return nil }
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
