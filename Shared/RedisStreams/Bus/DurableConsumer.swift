import Logging
import MessageBus
import Synchronization

/// One member of a durable consumer: reads new messages with a blocked `XREADGROUP`, takes over what must be delivered
/// again, and hands out no more than it may hold.
///
/// Reading, redelivery and resuming are in files of their own; settling is `DurableConsumer+settling`.
final class DurableConsumer: @unchecked Sendable {
    // Why unchecked: what is not in `ledger` is touched on the loop's thread only.

    static let batch = 256

    let context: BusContext
    let configuration: ConsumerConfiguration
    let isWorkQueue: Bool
    /// The consumer's name in the group: the instance, or the instance and a number.
    let name: String
    let log: [UInt8]
    let due: [UInt8]
    let deadLetters: [UInt8]
    let ledger: Mutex<DeliveryLedger>
    let outbox = Mutex(SettlementOutbox())
    let mailbox: Mailbox<Delivery>
    /// The place after which the group began, to begin there again.
    let beganAfter = Mutex<String?>(nil)

    // The loop's thread only.
    var connection: RedisConnection?
    var lastSeen: StreamID?
    let blockedRead = BlockedRead()
    /// What the answer being read has brought so far.
    var arrived: [(stored: StoredMessage, deliveries: Int)] = []
    var isReclaiming = false
    /// Set while what must be delivered again has not been looked for and goes before what is new.
    var owesReclaim = true
    var nextSweep: UInt64 = 0
    var readingPace = RefusalPace()
    var reclaimPace = RefusalPace()
    /// Set while answers may have been lost: own pending messages are looked through before anything else is read.
    var mustResume = false
    var isStopping = false
    var isOver = false
    var whenOver: [@Sendable () -> Void] = []

    init(context: BusContext, configuration: ConsumerConfiguration, isWorkQueue: Bool, name: String) {
        self.context = context
        self.configuration = configuration
        self.isWorkQueue = isWorkQueue
        self.name = name
        log = context.keys.log(configuration.stream)
        due = context.keys.due(configuration.stream, configuration.durable)
        deadLetters = context.keys.deadLetters(configuration.stream)
        ledger = Mutex(DeliveryLedger(limit: max(1, configuration.maximumInFlight)))
        mailbox = Mailbox()
    }

    // MARK: - On the loop's thread

    func open() {
        connection = context.makeReader("rd-\(configuration.durable)") { event in
            switch event {
            case .online: self.read()
            case .offline: self.mustResume = true
            }
        }
        nextSweep = MonotonicClock.now + (context.configuration.sweepInterval * Double.random(in: 0..<1)).nanoseconds
        tick()
    }

    /// Gives out what was read, as far as it may be held; the rest waits.
    func receive(_ stored: StoredMessage, deliveries: Int) {
        guard configuration.wants(stored.message.subject) else {
            return settle(stored.id, deliveries: deliveries, .skip)
        }
        arrived.append((stored, deliveries))
    }

    /// Hands out all of an answer at once: a lock for each message would cost more than the messages.
    func handOutArrived() {
        guard !arrived.isEmpty else { return }
        let again = arrived.count { $0.deliveries > 1 }
        context.statistics.add(.redelivered, again)
        context.statistics.add(.delivered, arrived.count - again)
        let ready = ledger.withLock { ledger in
            arrived.filter { ledger.admit($0.stored, deliveries: $0.deliveries) }
        }
        arrived.removeAll(keepingCapacity: true)
        hand(ready)
    }

    private func hand(_ ready: [(stored: StoredMessage, deliveries: Int)]) {
        guard !ready.isEmpty else { return }
        mailbox.put(
            ready.map { stored, deliveries in
                let settlement = RedisSettlement(consumer: self, id: stored.id, deliveries: deliveries)
                return Delivery(stored, deliveries: deliveries, consumer: configuration, settlement: settlement)
            }
        )
    }

    /// An entry that is no message of ours goes to the dead letters instead of coming again and again.
    func bury(_ id: StreamID, deliveries: Int, reason: String) {
        context.statistics.add(.foreignEntries)
        ledger.withLock { $0.hold(id, deliveries: deliveries) }
        terminate(id, deliveries: deliveries, reason: "malformed: \(reason)", isForeign: true) { _ in }
    }

    /// Called when something was settled: there may be room again.
    func roomChanged() {
        let ready = ledger.withLock { $0.nextReady() }
        hand(ready)
        read()
        finishIfStopping()
    }

    // MARK: - Ending

    /// Takes no more and gives back what nobody began. `done` is called when all else is settled and the consumer is
    /// removed; what stays unsettled comes to others after the acknowledge wait, or when this process is gone.
    func stop(_ done: @escaping @Sendable () -> Void) {
        if isOver { return done() }
        whenOver.append(done)
        guard !isStopping else { return }
        isStopping = true
        if let connection { blockedRead.end(on: connection, context) }
        finishIfStopping()
    }

    func finishIfStopping() {
        guard isStopping, !isOver, !blockedRead.isUnderWay, !isReclaiming else { return }
        giveBack(mailbox.takeRemaining().map(\.id))
        let backlog = ledger.withLock { $0.takeBacklog() }
        if !backlog.isEmpty { giveBack(backlog) }
        mailbox.finish()
        guard ledger.withLock({ $0.isEmpty }) else { return }
        isOver = true
        context.command.submit(
            .deleteConsumer,
            keys: [log],
            argumentCount: 2,
            arguments: { [configuration, name] in
                $0.add(configuration.durable)
                $0.add(name)
            },
            { _ in self.end() }
        )
    }

    /// Ends without waiting for what is unsettled.
    func abandon() {
        isStopping = true
        isOver = true
        end()
    }

    private func end() {
        mailbox.finish()
        connection?.close()
        connection = nil
        let waiting = whenOver
        whenOver.removeAll()
        for done in waiting { done() }
    }
}
