import Logging
import MessageBus
import Synchronization

/// What must be delivered again. On the loop's thread.
extension DurableConsumer {
    /// Looks again and again for what must be delivered again; spread, so that members do not march in step.
    func tick() {
        guard !isOver else { return }
        returnUnbegun()
        reclaim(on: context.command)
        // Without room now, it goes before the next read; a busy consumer would never come to it otherwise.
        if !isReclaiming { owesReclaim = true }
        // At a common limit it is others who make room, and nobody tells; what failed after a break is tried again.
        read()
        sweep()
        let interval = context.configuration.reclaimInterval
        context.loop.schedule(after: interval * Double.random(in: 0.8..<1.2)) { self.tick() }
    }

    func reclaim() { reclaim(on: context.command) }

    func reclaim(on connection: RedisConnection) {
        guard !isReclaiming, !isStopping, !mustResume, connection.isOnline else { return }
        let room = ledger.withLock { $0.room }
        guard room > 0 else { return }
        isReclaiming = true
        let keys = [log, due, deadLetters, context.keys.live, context.keys.info(context.instance)]
        let arguments =
            [
                configuration.durable, name, String(min(Self.batch, room)), String(configuration.maximumDeliveries),
                isWorkQueue ? "1" : "0", configuration.stream, String(context.configuration.presence.milliseconds),
            ] + waits
        connection.submit(.reclaim, keys: keys, argumentCount: arguments.count, capacity: 512) { command in
            for argument in arguments { command.add(argument) }
        } _: { answer in
            self.isReclaiming = false
            self.owesReclaim = false
            switch answer {
            case .success(var cursor):
                self.reclaimPace.served()
                self.takeReclaimed(&cursor)
            // What was taken over and never heard of is found by looking through our own pending messages.
            case .failure(let error) where error.code == .connectionLost: self.resumeSoon()
            case .failure(let error) where error.code == .noGroup: self.recreateGroup()
            case .failure(let error):
                guard error.code != .unavailable, error.code != .closed else { break }
                guard self.reclaimPace.refused().mustTell else { break }
                self.context.logger.warning("Redelivery failed", metadata: self.metadata(["error": "\(error)"]))
            }
            self.read()
            self.finishIfStopping()
        }
    }

    /// The silences after which a delivery comes again, by its count.
    private var waits: [String] {
        (1...max(1, configuration.backoff.count)).map { String(configuration.silence(deliveries: $0).milliseconds) }
    }

    private func takeReclaimed(_ cursor: inout RESPCursor) {
        guard cursor.array() == 2 else { return }
        let taken = takeEntries(&cursor) { _ in true }
        let dead = cursor.integer() ?? 0
        if dead > 0 {
            tellDeadLetters(dead)
            context.logger.warning("Messages became dead letters", metadata: metadata(["bus.count": "\(dead)"]))
        }
        flushSettled()
        // There may be more than fitted into one answer.
        if taken > 0 || dead > 0 {
            owesReclaim = true
            reclaim()
        }
    }

    func tellDeadLetters(_ count: Int) {
        context.statistics.add(.deadLetters, count)
        context.events.emit(
            .deadLetters(stream: configuration.stream, consumer: configuration.durable, count: count)
        )
    }

    /// Removes now and then what killed processes left in the group.
    private func sweep() {
        guard MonotonicClock.now >= nextSweep else { return }
        let interval = context.configuration.sweepInterval * Double.random(in: 0.5..<1.5)
        nextSweep = MonotonicClock.now + interval.nanoseconds
        context.sweep(log, group: configuration.durable, name: name)
    }
}
