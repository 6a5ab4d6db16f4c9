import MessageBus
import Synchronization

/// What goes out: acknowledgements in batches, and everything else one by one. From any thread.
extension DurableConsumer {
    /// A message to be settled for good.
    struct Settling: Sendable {
        enum Kind: Sendable {
            /// Done; a work queue deletes it.
            case done
            /// Not for this consumer; it stays for others.
            case skip
        }

        let id: StreamID
        let deliveries: Int
        let kind: Kind
        var completion: (@Sendable (Result<Bool, RedisError>) -> Void)?
        var attempts = 0
    }

    private static let largestBatch = 500

    /// Notes it and sends at once when nothing is under way; what comes meanwhile goes in the next batch. A lone worker
    /// waits for nothing, a crowd shares one command.
    func settle(_ settling: Settling) {
        ledger.withLock { $0.beginSettling(settling.id, deliveries: settling.deliveries) }
        let mustSend = outbox.withLock { outbox in
            outbox.waiting.append(settling)
            return settling.kind == .done && !outbox.isSending
        }
        if mustSend { flushSettled() }
    }

    func flushSettled() {
        let batch = outbox.withLock { outbox -> [Settling] in
            guard !outbox.isSending, !outbox.waiting.isEmpty else { return [] }
            outbox.isSending = true
            let all = outbox.waiting
            outbox.waiting = Array(all.dropFirst(Self.largestBatch))
            return Array(all.prefix(Self.largestBatch))
        }
        guard !batch.isEmpty else { return }
        let done = batch.filter { $0.kind == .done }
        let skipped = batch.filter { $0.kind == .skip }
        let answers = SettlementAnswers(count: (done.isEmpty ? 0 : 1) + (skipped.isEmpty ? 0 : 1)) {
            self.outbox.withLock { $0.isSending = false }
            self.flushSettled()
        }
        if !done.isEmpty { send(done, deleting: isWorkQueue, answers) }
        if !skipped.isEmpty { send(skipped, deleting: false, answers) }
    }

    private func send(_ batch: [Settling], deleting: Bool, _ answers: SettlementAnswers) {
        let group = configuration.durable
        context.command.submit(
            .acknowledge,
            keys: [log, due],
            argumentCount: 2 + batch.count,
            capacity: 256 + 24 * batch.count,
            arguments: { command in
                command.add(group)
                command.add(deleting ? "1" : "0")
                for settling in batch { command.add(settling.id.description) }
            },
            { answer in
                self.finish(
                    batch,
                    answer.map { cursor in
                        var cursor = cursor
                        return cursor.copy() ?? []
                    }
                )
                answers.oneMore()
            }
        )
    }

    /// On the loop's thread.
    private func finish(_ batch: [Settling], _ answer: Result<[UInt8], RedisError>) {
        switch answer {
        case .success(let flags):
            ledger.withLock { for settling in batch { $0.endSettling(settling.id) } }
            for (index, settling) in batch.enumerated() {
                let wasPending = index < flags.count && flags[index] == UInt8(ascii: "1")
                // After a break the first attempt may have done it.
                settling.completion?(.success(wasPending || settling.attempts > 0))
            }
            roomChanged()
        case .failure(let error):
            // Acknowledging twice does no harm, so what was lost on the way is sent again.
            let again = error.code == .connectionLost ? batch.filter { $0.attempts < 3 } : []
            let failed = error.code == .connectionLost ? batch.filter { $0.attempts >= 3 } : batch
            ledger.withLock { ledger in for settling in failed { ledger.endSettling(settling.id) } }
            for settling in failed { settling.completion?(.failure(error)) }
            outbox.withLock { outbox in
                outbox.waiting =
                    again.map { settling in
                        var settling = settling
                        settling.attempts += 1
                        return settling
                    } + outbox.waiting
            }
            roomChanged()
        }
    }

    // MARK: - One by one

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
        _ done: @escaping @Sendable (Result<Bool, RedisError>) -> Void
    ) {
        let arguments = [
            configuration.durable, name, id.description, String(deliveries), isWorkQueue ? "1" : "0",
            configuration.stream, reason,
        ]
        change(id, deliveries, .terminate, keys: [log, due, deadLetters], arguments) { result in
            if case .success(true) = result { self.context.statistics.add(.deadLetters) }
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
        ledger.withLock { $0.beginSettling(id, deliveries: deliveries) }
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

/// What waits to be acknowledged, and whether a batch is under way.
struct SettlementOutbox {
    var waiting: [DurableConsumer.Settling] = []
    var isSending = false
}

/// Calls back when all parts of a batch were answered. On the loop's thread only.
private final class SettlementAnswers: @unchecked Sendable {
    // Why unchecked: touched on the loop's thread only, once it is made.
    private var missing: Int
    private let whenAll: @Sendable () -> Void

    init(count: Int, whenAll: @escaping @Sendable () -> Void) {
        missing = count
        self.whenAll = whenAll
    }

    func oneMore() {
        missing -= 1
        if missing == 0 { whenAll() }
    }
}
