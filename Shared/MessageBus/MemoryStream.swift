/// One durable stream in memory: its log, who has what of it, and what died. Pure: time comes in.
struct MemoryStream {
    struct Follower {
        let instance: String
        let filters: [SubjectFilter]
        let continuation: AsyncThrowingStream<StoredMessage, any Error>.Continuation
    }

    var configuration: StreamConfiguration
    private(set) var log: [StoredMessage] = []
    private(set) var lastID = StreamID.zero
    private var remembered: [String: (id: StreamID, until: UInt64)] = [:]
    private(set) var deadLetters: [StoredMessage] = []
    var consumers: [String: MemoryConsumer] = [:]
    var followers: [Int: Follower] = [:]

    init(_ configuration: StreamConfiguration) {
        self.configuration = configuration
    }

    mutating func append(_ message: BusMessage, now: UInt64) throws -> AppendReceipt {
        remembered = remembered.filter { $0.value.until > now }
        let messageID = message.headers[MessageHeaders.Name.messageID]
        if let messageID, let known = remembered[messageID] { return AppendReceipt(id: known.id, isDuplicate: true) }
        if let expected = message.headers[MessageHeaders.Name.expectedLastSequence], StreamID(expected) != lastID {
            throw BusError(.wrongLastSequence(lastID), "the stream's last id is \(lastID)")
        }
        lastID =
            now > lastID.milliseconds
            ? StreamID(milliseconds: now, sequence: 0)
            : StreamID(milliseconds: lastID.milliseconds, sequence: lastID.sequence + 1)
        let stored = StoredMessage(id: lastID, message: message)
        log.append(stored)
        if let messageID {
            remembered[messageID] = (lastID, now + configuration.duplicateWindow.wholeMilliseconds)
        }
        if case .limits(let maximum) = configuration.retention, log.count > maximum {
            log.removeFirst(log.count - maximum)
        }
        for follower in followers.values { follower.pass(stored) }
        return AppendReceipt(id: lastID, isDuplicate: false)
    }

    mutating func consumer(_ configuration: ConsumerConfiguration) {
        if consumers[configuration.durable] != nil {
            consumers[configuration.durable]?.configuration = configuration
            return
        }
        let start: StreamID =
            switch configuration.deliverPolicy {
            case .all: .zero
            case .new: lastID
            case .after(let id): id
            }
        consumers[configuration.durable] = MemoryConsumer(configuration, after: start)
    }

    /// Hands out whatever members have room for: what must come again first, then what is new.
    mutating func pump(_ durable: String, now: UInt64) {
        guard var consumer = consumers[durable] else { return }
        let configuration = consumer.configuration
        for (id, deliveries) in consumer.exhausted(now: now) {
            bury(id, consumer: configuration, deliveries: deliveries, reason: "max-deliver")
            consumer.forget(id)
            remove(id)
        }
        while let key = consumer.memberWithRoom(), let (id, deliveries) = consumer.nextRedelivery(now: now, to: key) {
            guard let stored = log.first(where: { $0.id == id }) else {
                bury(id, consumer: configuration, deliveries: deliveries, reason: "trimmed")
                consumer.forget(id)
                continue
            }
            consumer.hand(stored, to: key, deliveries: deliveries, now: now)
        }
        for stored in log where stored.id > consumer.cursor {
            guard configuration.wants(stored.message.subject) else {
                // Passed over, not removed: in a work queue it is another consumer's.
                consumer.cursor = stored.id
                continue
            }
            guard let key = consumer.memberWithRoom() else { break }
            consumer.cursor = stored.id
            consumer.hand(stored, to: key, deliveries: 1, now: now)
        }
        consumers[durable] = consumer
    }

    /// What an acknowledged message leaves: nothing, in a work queue.
    mutating func remove(_ id: StreamID) {
        guard case .workQueue = configuration.retention else { return }
        log.removeAll { $0.id == id }
    }

    mutating func bury(_ id: StreamID, consumer: ConsumerConfiguration, deliveries: Int, reason: String) {
        guard var dead = log.first(where: { $0.id == id })?.message ?? tombstone else { return }
        let history: [(String, String)] = [
            (MessageHeaders.Name.deadReason, reason), (MessageHeaders.Name.deadStream, configuration.name),
            (MessageHeaders.Name.deadSequence, "\(id)"), (MessageHeaders.Name.deadConsumer, consumer.durable),
            (MessageHeaders.Name.deadDeliveries, "\(deliveries)"),
        ]
        for (name, value) in history {
            dead.headers.remove(name)
            dead.headers.fields.append(.init(name: name, value: value.filter { !$0.isNewline }))
        }
        deadLetters.append(StoredMessage(id: id, message: dead))
    }

    private var tombstone: BusMessage? {
        log.first.map { BusMessage(subject: $0.message.subject) }
    }

    mutating func close(instance: String, now: UInt64) {
        for (key, follower) in followers where follower.instance == instance {
            followers[key] = nil
            follower.continuation.finish()
        }
        for durable in consumers.keys {
            consumers[durable]?.leave(instance: instance, now: now)
            pump(durable, now: now)
        }
    }
}

extension MemoryStream.Follower {
    func pass(_ stored: StoredMessage) {
        guard filters.isEmpty || filters.contains(where: { $0.matches(stored.message.subject) }) else { return }
        continuation.yield(stored)
    }
}
