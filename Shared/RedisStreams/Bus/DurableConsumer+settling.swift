import MessageBus
import Synchronization

/// What goes out one by one: messages given back, terminated, or held on to. From any thread.
extension DurableConsumer {
    static let largestBatch = 500

    func giveBack(_ ids: [StreamID]) {
        for start in stride(from: 0, to: ids.count, by: Self.largestBatch) {
            let batch = ids[start..<min(start + Self.largestBatch, ids.count)].map(\.description)
            let arguments = [configuration.durable, name] + batch
            context.command.submit(.release, keys: [log, due], argumentCount: arguments.count) { command in
                for argument in arguments { command.add(argument) }
            } _: { _ in
            }
        }
        ledger.withLock { ledger in
            for id in ids { ledger.forget(id) }
        }
    }

    /// What waited for half of the acknowledge wait without being begun goes back, as if it had never been delivered:
    /// others may have time for it.
    func returnUnbegun() {
        let half = configuration.acknowledgeWait.nanoseconds / 2
        let now = MonotonicClock.now
        guard let oldest = mailbox.oldest, now > oldest + half else { return }
        giveBack(mailbox.takeRemaining(before: now - half).map(\.id))
        roomChanged()
    }

    func terminate(
        _ id: StreamID,
        deliveries: Int,
        reason: String,
        isForeign: Bool = false,
        _ done: @escaping @Sendable (Result<Bool, RedisError>) -> Void
    ) {
        let arguments = [
            configuration.durable, name, id.description, String(deliveries), isWorkQueue ? "1" : "0",
            configuration.stream, reason, isForeign ? "1" : "0",
        ]
        change(id, deliveries, .terminate, keys: [log, due, deadLetters], arguments) { result in
            if case .success(true) = result { self.tellDeadLetters(1) }
            done(result)
        }
    }

    func negativelyAcknowledge(
        _ id: StreamID,
        deliveries: Int,
        delay: Duration,
        _ done: @escaping @Sendable (Result<Bool, RedisError>) -> Void
    ) {
        let arguments = [
            configuration.durable, name, id.description, String(delay.milliseconds), String(deliveries),
        ]
        change(id, deliveries, .negativeAcknowledge, keys: [log, due], arguments) { result in
            if delay == .zero { self.owesReclaim = true }
            done(result)
            // Whoever looks first takes it; looking when it is due saves waiting for the next round.
            if delay <= .seconds(1) {
                self.context.loop.schedule(after: delay + .milliseconds(1)) { self.reclaim() }
            }
        }
    }

    private func change(
        _ id: StreamID,
        _ deliveries: Int,
        _ script: RedisScript,
        keys: [[UInt8]],
        _ arguments: [String],
        _ done: @escaping @Sendable (Result<Bool, RedisError>) -> Void
    ) {
        _ = ledger.withLock { $0.beginSettling(id, deliveries: deliveries) }
        context.command.submit(script, keys: keys, argumentCount: arguments.count) { command in
            for argument in arguments { command.add(argument) }
        } _: { answer in
            self.ledger.withLock { $0.endSettling(id) }
            done(
                answer.map { cursor in
                    var cursor = cursor
                    return cursor.integer() == 1
                }
            )
            self.roomChanged()
        }
    }

    func renew(_ id: StreamID, deliveries: Int, _ done: @escaping @Sendable (Result<Bool, RedisError>) -> Void) {
        let arguments = [configuration.durable, name, id.description, String(deliveries)]
        context.command.submit(.inProgress, keys: [log], argumentCount: 4) { command in
            for argument in arguments { command.add(argument) }
        } _: { answer in
            let isHeld = answer.map { cursor in
                var cursor = cursor
                return cursor.array() == 1 && cursor.integer() == 1
            }
            if case .success(false) = isHeld {
                self.ledger.withLock { $0.lose(id, deliveries: deliveries) }
                self.roomChanged()
            }
            done(isHeld)
        }
    }
}
