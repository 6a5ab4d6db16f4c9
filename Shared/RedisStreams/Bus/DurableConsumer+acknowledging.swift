import Logging
import MessageBus
import Synchronization

/// Acknowledgements, which go out in batches. From any thread.
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
        let kind: Kind
        /// Whether it was in hand when it was settled, for the first time: then it can be nowhere else.
        let isFirst: Bool
        /// Who waits for the answer, if somebody does: whether the message was pending.
        var completion: (@Sendable (Result<Bool, RedisError>) -> Void)?
        var attempts = 0
    }

    /// How a batch of one sort is sent.
    private enum Form: CaseIterable {
        /// `XACK` with all ids: nobody asks which of them were pending.
        case plain
        /// The same and `XDEL`, for a work queue.
        case removing
        /// By a script that tells of each id whether it was pending, and clears it from the delayed ones.
        case telling

        /// Usually all of a batch is of one sort.
        static func sort(_ batch: [Settling], isWorkQueue: Bool) -> [(Form, [Settling])] {
            let first = Form(batch[0], isWorkQueue: isWorkQueue)
            if batch.allSatisfy({ Form($0, isWorkQueue: isWorkQueue) == first }) { return [(first, batch)] }
            return allCases.map { form in (form, batch.filter { Form($0, isWorkQueue: isWorkQueue) == form }) }
                .filter { !$0.1.isEmpty }
        }

        init(_ settling: Settling, isWorkQueue: Bool) {
            if settling.kind == .skip {
                self = .plain
            } else if settling.completion != nil || !settling.isFirst {
                self = .telling
            } else {
                self = isWorkQueue ? .removing : .plain
            }
        }
    }

    /// Notes it, and sends it at once when somebody waits for it, when this member has nothing else to do, or when there
    /// are many; otherwise within a millisecond, in one command with what comes meanwhile.
    func settle(
        _ id: StreamID,
        deliveries: Int,
        _ kind: Settling.Kind,
        completion: (@Sendable (Result<Bool, RedisError>) -> Void)? = nil
    ) {
        let isFirst = ledger.withLock { $0.beginSettling(id, deliveries: deliveries) }
        let settling = Settling(id: id, kind: kind, isFirst: isFirst && deliveries == 1, completion: completion)
        let isUrgent = completion != nil || mailbox.count == 0
        let next = outbox.withLock { outbox -> SettlementOutbox.Next in
            outbox.waiting.append(settling)
            guard kind == .done, !outbox.isSending else { return .nothing }
            if isUrgent || outbox.waiting.count >= Self.worthwhileBatch { return .send }
            guard !outbox.isTimed else { return .nothing }
            outbox.isTimed = true
            return .sendSoon
        }
        switch next {
        case .nothing: return
        case .send: flushSettled()
        case .sendSoon:
            context.loop.submit {
                self.context.loop.schedule(after: .milliseconds(1)) {
                    self.outbox.withLock { $0.isTimed = false }
                    self.flushSettled()
                }
            }
        }
    }

    private static let worthwhileBatch = 64

    func flushSettled() {
        let batch = outbox.withLock { outbox -> [Settling] in
            guard !outbox.isSending, !outbox.waiting.isEmpty else { return [] }
            outbox.isSending = true
            let all = outbox.waiting
            outbox.waiting = Array(all.dropFirst(Self.largestBatch))
            return all.count > Self.largestBatch ? Array(all.prefix(Self.largestBatch)) : all
        }
        guard !batch.isEmpty else { return }
        let forms = Form.sort(batch, isWorkQueue: isWorkQueue)
        let answers = SettlementAnswers(count: forms.count) {
            let mustRepeat = self.outbox.withLock { outbox in
                outbox.isSending = false
                return outbox.waiting.first.map { $0.attempts > 0 } ?? false
            }
            guard mustRepeat else { return self.flushSettled() }
            // While Redis is away a command is refused at once: without a pause this would go round and round.
            self.context.loop.schedule(after: .milliseconds(100)) { self.flushSettled() }
        }
        for (form, batch) in forms { send(batch, form, answers) }
    }

    private func send(_ batch: [Settling], _ form: Form, _ answers: SettlementAnswers) {
        let group = configuration.durable
        guard form != .plain else {
            var command = RedisCommand(count: 3 + batch.count, capacity: 96 + 28 * batch.count)
            command.add("XACK")
            command.add(log)
            command.add(group)
            for settling in batch { command.add(settling.id) }
            return context.command.submit(command) { answer in
                self.finish(batch, answer.map { _ in nil })
                answers.oneMore()
            }
        }
        context.command.submit(
            form == .removing ? .acknowledgeAndDelete : .acknowledge,
            keys: [log, due],
            argumentCount: 2 + batch.count,
            capacity: 256 + 28 * batch.count,
            arguments: { [isWorkQueue] command in
                command.add(group)
                command.add(isWorkQueue ? "1" : "0")
                for settling in batch { command.add(settling.id) }
            },
            { answer in
                self.finish(
                    batch,
                    answer.map { cursor in
                        var cursor = cursor
                        return cursor.copy()
                    }
                )
                answers.oneMore()
            }
        )
    }

    /// On the loop's thread. `answer`: a 1 or 0 for each message, or nil where nobody asked.
    private func finish(_ batch: [Settling], _ answer: Result<[UInt8]?, RedisError>) {
        switch answer {
        case .success(let flags):
            ledger.withLock { for settling in batch { $0.endSettling(settling.id) } }
            if let flags {
                for (index, settling) in batch.enumerated() {
                    let wasPending = index < flags.count && flags[index] == UInt8(ascii: "1")
                    // After a break the first attempt may have done it.
                    settling.completion?(.success(wasPending || settling.attempts > 0))
                }
            }
        case .failure(let error):
            let again = batch.filter { mayRepeat($0, after: error) }
            let failed = batch.filter { !mayRepeat($0, after: error) }
            if !failed.isEmpty {
                context.logger.warning(
                    "Acknowledgements not taken",
                    metadata: metadata(["bus.count": "\(failed.count)", "error": "\(error)"])
                )
            }
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
        }
        roomChanged()
    }

    /// Acknowledging twice does no harm, so what was lost on the way is sent again: as often as it takes where nobody
    /// waits for it, as the connection holds it back while Redis is away.
    private func mayRepeat(_ settling: Settling, after error: RedisError) -> Bool {
        guard !isOver else { return false }
        return settling.completion == nil ? error.isTransient : error.code == .connectionLost && settling.attempts < 3
    }

    /// Settles everything pending up to and with an id, in steps that block Redis for moments only.
    func settleAll(
        through id: StreamID,
        settled: Int = 0,
        _ done: @escaping @Sendable (Result<Int, RedisError>) -> Void
    ) {
        let arguments = [
            configuration.durable, id.description, String(Self.largestBatch), isWorkQueue ? "1" : "0",
        ]
        context.command.submit(.acknowledgeAll, keys: [log, due], argumentCount: arguments.count) { command in
            for argument in arguments { command.add(argument) }
        } _: { answer in
            let count = answer.map { cursor in
                var cursor = cursor
                return cursor.integer() ?? 0
            }
            if case .success(let count) = count, count == Self.largestBatch {
                return self.settleAll(through: id, settled: settled + count, done)
            }
            if case .success = count { self.ledger.withLock { $0.settleAll(through: id) } }
            done(count.map { settled + $0 })
            self.roomChanged()
        }
    }
}

/// What waits to be acknowledged, and whether a batch is under way.
struct SettlementOutbox {
    enum Next {
        case nothing, send, sendSoon
    }

    var waiting: [DurableConsumer.Settling] = []
    var isSending = false
    /// Set while a time is set for sending what waits.
    var isTimed = false
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
