/// One durable stream in memory: its log, who has what of it, and what died. Pure: time comes in.
struct MemoryStream {
    struct Entry {
        let stored: StoredMessage
        /// Counts all messages ever stored, from 1.
        let number: Int
    }

    var configuration: StreamConfiguration
    var log: [Entry] = []
    private(set) var lastID = StreamID.zero
    private(set) var appended = 0
    private var remembered: [String: (id: StreamID, until: UInt64)] = [:]
    var deadLetters: [StoredMessage] = []
    /// Also when it was put back: no id is given twice.
    var lastDeadID = StreamID.zero
    var consumers: [String: MemoryConsumer] = [:]
    var followers: [Int: MemoryFollower] = [:]
    /// What is to be done after the lock is left: a task being cancelled may hold back who resumes it.
    private var outcomes: [Outcome] = []

    enum Outcome {
        case event(BusEvent)
        case resume(CheckedContinuation<StoredMessage?, Never>, StoredMessage?)
    }

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
        let receipt = store(message, now: now)
        if let messageID {
            remembered[messageID] = (receipt.id, now + configuration.duplicateWindow.wholeMilliseconds)
        }
        return receipt
    }

    /// Stores a message whatever its headers say.
    mutating func store(_ message: BusMessage, now: UInt64) -> AppendReceipt {
        lastID =
            now > lastID.milliseconds
            ? StreamID(milliseconds: now, sequence: 0)
            : StreamID(milliseconds: lastID.milliseconds, sequence: lastID.sequence + 1)
        appended += 1
        log.append(Entry(stored: StoredMessage(id: lastID, message: message), number: appended))
        if let maximum = configuration.maximumMessages, log.count > maximum { log.removeFirst(log.count - maximum) }
        for key in followers.keys { fill(key) }
        return AppendReceipt(id: lastID, isDuplicate: false)
    }

    mutating func fill(_ key: Int) {
        if let gap = followers[key]?.fill(from: log) { note(.gap(stream: configuration.name, gap)) }
        if let (reader, stored) = followers[key]?.wake() { outcomes.append(.resume(reader, stored)) }
    }

    mutating func finishFollowing(_ key: Int) {
        followers[key]?.finish()
        if let (reader, stored) = followers[key]?.wake() { outcomes.append(.resume(reader, stored)) }
        if followers[key]?.ready.isEmpty == true { followers[key] = nil }
    }

    mutating func note(_ event: BusEvent) { outcomes.append(.event(event)) }

    mutating func follow(_ key: Int, instance: String, filters: [SubjectFilter], from start: FollowStart) {
        let (cursor, passed): (StreamID, Int?) =
            switch start {
            case .new: (lastID, appended)
            case .after(.zero): (.zero, (log.first?.number ?? appended + 1) - 1)
            case .after(let id): (id, passed(upTo: id))
            }
        followers[key] = MemoryFollower(instance: instance, filters: filters, after: cursor, passed: passed)
        fill(key)
    }

    /// How many messages were stored up to this one; nil when that is not known any more.
    private func passed(upTo id: StreamID) -> Int? {
        if id >= lastID { return appended }
        if let entry = log.last(where: { $0.stored.id <= id }) { return entry.number }
        return log.first?.number == 1 ? 0 : nil
    }

    /// Whether a message of this id was stored within the window.
    func remembers(_ messageID: String, now: UInt64) -> Bool { remembered[messageID].map { $0.until > now } ?? false }

    mutating func consumer(_ configuration: ConsumerConfiguration) {
        if consumers[configuration.durable] != nil {
            consumers[configuration.durable]?.configuration = configuration
            return
        }
        let wanted = log.map(\.stored).filter { configuration.wants($0.message.subject) }
        var snapshot: [StreamID] = []
        let start: StreamID =
            switch configuration.deliverPolicy {
            case .all: .zero
            case .new: lastID
            case .after(let id): id
            case .from(let time): StreamID(milliseconds: time, sequence: 0).predecessor
            case .last: wanted.last?.id.predecessor ?? lastID
            case .lastPerSubject: lastID
            }
        if configuration.deliverPolicy == .lastPerSubject {
            snapshot = Array(Dictionary(wanted.map { ($0.message.subject, $0.id) }) { $1 }.values)
        }
        consumers[configuration.durable] = MemoryConsumer(configuration, after: start, snapshot: snapshot)
    }

    /// Hands out whatever members have room for: what must come again first, then what is new.
    mutating func pump(_ durable: String, now: UInt64) {
        guard var consumer = consumers[durable] else { return }
        let configuration = consumer.configuration
        for (id, deliveries) in consumer.exhausted(now: now) {
            bury(id, of: durable, deliveries: deliveries, reason: "max-deliver", now: now)
            consumer.forget(id)
            remove(id)
        }
        while let key = consumer.memberWithRoom(), let (id, deliveries) = consumer.nextRedelivery(now: now) {
            guard let stored = stored(id) else {
                bury(id, of: durable, deliveries: deliveries - 1, reason: "trimmed", now: now)
                consumer.forget(id)
                continue
            }
            consumer.hand(stored, to: key, deliveries: deliveries, now: now)
        }
        let first = (log.lastIndex { $0.stored.id <= consumer.cursor }).map { $0 + 1 } ?? 0
        for entry in log[first...] {
            let stored = entry.stored
            guard configuration.wants(stored.message.subject) else {
                // Passed over, not removed: in a work queue it is another consumer's.
                consumer.cursor = stored.id
                continue
            }
            guard consumer.takesNew(now: now), let key = consumer.memberWithRoom() else { break }
            consumer.cursor = stored.id
            consumer.hand(stored, to: key, deliveries: 1, now: now)
        }
        consumers[durable] = consumer
    }

    mutating func takeOutcomes() -> [Outcome] {
        defer { outcomes.removeAll() }
        return outcomes
    }

    func stored(_ id: StreamID) -> StoredMessage? { log.first { $0.stored.id == id }?.stored }

    mutating func close(instance: String, now: UInt64) {
        for (key, follower) in followers where follower.instance == instance {
            finishFollowing(key)
        }
        for durable in consumers.keys {
            consumers[durable]?.leave(instance: instance, now: now)
            pump(durable, now: now)
        }
    }
}
