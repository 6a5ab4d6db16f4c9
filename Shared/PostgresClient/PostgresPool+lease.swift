import Logging
import ServiceRuntime
import Synchronization

extension PostgresPool {
    /// A connection for the caller alone, which must `release` it.
    func acquire() async throws -> PostgresConnection {
        let deadline = ContinuousClock.now + configuration.acquireTimeout
        while true {
            var grant = core.withLock { $0.pool.acquire(now: .now) }
            if grant == nil { grant = await waitForGrant(until: deadline) }
            switch grant {
            case .take(let connection):
                if connection.isUsable() { return connection }
                logger.debug("Broken PostgreSQL connection replaced")
                discard()
            case .open:
                return try await open()
            case .refuse:
                throw PostgresError(.unreachable, "the server was away a moment ago")
            case .closed:
                throw PostgresError(.poolClosed, "the pool is closed")
            case nil:
                try Task.checkCancellation()
                throw PostgresError(.poolTimeout, "every connection stayed busy")
            }
        }
    }

    func release(_ connection: PostgresConnection) {
        connection.endLease()
        guard connection.isUsable() else { return discard() }
        let next = core.withLock { core -> (waiter: Waiter, grant: PostgresPoolGrant<PostgresConnection>)? in
            core.pool.isClosed ? core.pool.discarded() : core.pool.release(connection)
        }
        next.map { $0.waiter.resume(returning: $0.grant) }
    }

    private func discard() {
        core.withLock { $0.pool.discarded() }.map { $0.waiter.resume(returning: $0.grant) }
    }

    private func open() async throws -> PostgresConnection {
        let configuration = configuration
        do {
            let connection = try await executor.run { try PostgresConnection(configuration) }
            core.withLock { $0.pool.opened() }
            return connection
        } catch let error as PostgresError {
            let turnedAway = core.withLock { core in
                core.pool.failedToOpen(now: .now, random: .random(in: 0..<1))
            }
            turnedAway.forEach { $0.resume(returning: .refuse) }
            logger.debug("PostgreSQL cannot be reached", metadata: ["error": "\(error)"])
            throw error
        } catch {
            // Cancelled before the attempt began: says nothing about the server.
            discard()
            throw error
        }
    }

    /// Nil when the deadline passed or the task was cancelled.
    private func waitForGrant(until deadline: ContinuousClock.Instant) async -> PostgresPoolGrant<PostgresConnection>? {
        let id = core.withLock { $0.newID() }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await Task.sleep(until: deadline) } catch { return }
                self.giveUp(id)
            }
            let grant = await withTaskCancellationHandler {
                await withCheckedContinuation { enqueue($0, id: id) }
            } onCancel: {
                giveUp(id)
            }
            group.cancelAll()
            return grant
        }
    }

    private func enqueue(_ waiter: Waiter, id: UInt64) {
        let answer = core.withLock { core -> (grant: PostgresPoolGrant<PostgresConnection>?, isFinal: Bool) in
            // A cancellation that came before this line found nobody to wake.
            if Task.isCancelled { return (nil, true) }
            if let grant = core.pool.acquire(now: .now) { return (grant, true) }
            core.pool.enqueue(waiter, id: id)
            return (nil, false)
        }
        if answer.isFinal { waiter.resume(returning: answer.grant) }
    }

    private func giveUp(_ id: UInt64) {
        core.withLock { $0.pool.forget(id: id) }?.resume(returning: nil)
    }
}
