import MessageBus
import Synchronization

extension RedisMessageBus {
    /// In this order: nobody sends us requests any more; reading ends; what was taken and not begun goes to others;
    /// what was begun is settled and answered; the consumers and this process' presence are removed.
    package func drain(within limit: Duration) async {
        guard
            state.withLock({ state in
                defer { state.isDraining = true }
                return !state.isDraining
            })
        else { return }
        let deadline = MonotonicClock.now + limit.nanoseconds
        await finish(by: deadline) { self.presence.withdrawInterests($0) }
        mover.end()
        let (groups, follows, watches) = state.withLock { state in
            (Array(state.queueGroups.values), Array(state.follows.values), Array(state.watches.values))
        }
        await onLoop {
            self.coreLogs.finish()
            for follow in follows { follow.finish() }
            for watch in watches { watch.finish() }
        }
        for group in groups { await finish(by: deadline) { group.stop($0) } }
        let consumers = state.withLock { Array($0.consumers.values) }
        await withTaskGroup { group in
            for consumer in consumers {
                group.addTask { await self.finish(by: deadline) { consumer.stop($0) } }
            }
        }
        await onLoop { for consumer in consumers where !consumer.isOver { consumer.abandon() } }
        await waitForRequests(until: deadline)
        requests.endAll(BusError(.closed, "the bus is drained"))
        // The last command on this connection: what was given before it, answers above all, has been written by then.
        await finish(by: max(deadline, MonotonicClock.now + 500_000_000)) { self.presence.end($0) }
        state.withLock { $0.isClosed = true }
        await onLoop { self.cursors.close() }
        context.command.close()
        context.events.finish()
    }

    private func waitForRequests(until deadline: UInt64) async {
        while requests.count > 0, MonotonicClock.now < deadline {
            await finish(by: deadline) { done in self.context.loop.schedule(after: .milliseconds(10), done) }
        }
    }

    /// Begins something on the loop's thread and waits until it is done or the time is over.
    private func finish(by deadline: UInt64, _ begin: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void)
        async
    {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let end = Once { continuation.resume() }
            context.loop.submit {
                _ = self.context.loop.schedule(at: deadline) { end.perform() }
                begin { end.perform() }
            }
        }
    }
}
