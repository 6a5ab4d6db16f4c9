import Logging
import MessageBus

/// One queue group's member in this process: reads its logs with `XREADGROUP … NOACK`, so that each message goes to one
/// member of the group, at most once.
///
/// Messages for which this process has no subscriber are handed on to the group, 16 times at most, where another
/// member of it listens to them: members of one group may listen to different subjects, as during a rolling deploy, and
/// the log cannot tell them apart.
final class QueueGroupReader: @unchecked Sendable {
    // Why unchecked: all of it is touched on the loop's thread only.

    struct Subscriber {
        let filter: SubjectFilter
        let token: String
        let mailbox: Mailbox<BusMessage>
    }

    private static let batch = 64
    private static let buffered = 64
    /// Chance decides who of a group reads a message next, so a few would not find the one member that wants it.
    private static let maximumHops = 100

    let group: String
    private let context: BusContext
    private let interests: InterestCache
    private var connection: RedisConnection?
    private var subscribers: [(id: Int, subscriber: Subscriber)] = []
    private var lastSeen: [String: StreamID] = [:]
    /// The logs it has been a consumer of, also those whose subscribers have left.
    private var readTokens: Set<String> = []
    private var turn = 0
    private let blockedRead = BlockedRead()
    private var pace = RefusalPace()
    private var isStopped = false
    private var whenStopped: [@Sendable () -> Void] = []
    /// Messages of others that are handed on in a moment.
    private var waitingToBeHandedOn = 0
    private let wasFull = SharedFlag()

    init(group: String, context: BusContext, interests: InterestCache) {
        self.group = group
        self.context = context
        self.interests = interests
    }

    /// A subscriber's mailbox; any thread may take from it.
    func makeMailbox() -> Mailbox<BusMessage> {
        Mailbox { [wasFull, loop = context.loop] left in
            if left <= Self.buffered / 2, wasFull.take() { loop.submit { self.read() } }
        }
    }

    // MARK: - On the loop's thread

    /// The group exists on the log already. `start` is where it began, if this process made it.
    func add(_ id: Int, _ subscriber: Subscriber) {
        subscribers.append((id, subscriber))
        if connection == nil {
            connection = context.makeReader("rq-\(group)") { event in
                if case .online = event { self.read() }
            }
            sweepLater()
        }
        interrupt()
        read()
    }

    /// Removes a subscriber; what it did not take goes to another member.
    func remove(_ id: Int) {
        guard let index = subscribers.firstIndex(where: { $0.id == id }) else { return }
        let subscriber = subscribers.remove(at: index).subscriber
        subscriber.mailbox.finish()
        for message in subscriber.mailbox.takeRemaining() { handOn(message, counting: false) }
        if !subscribers.contains(where: { $0.subscriber.token == subscriber.token }) { interrupt() }
    }

    var isIdle: Bool { subscribers.isEmpty }

    /// Ends reading; `done` is called when nothing more can come and everything not begun was handed on.
    func stop(_ done: @escaping @Sendable () -> Void) {
        isStopped = true
        whenStopped.append(done)
        interrupt()
        finishIfStopped()
    }

    private func finishIfStopped() {
        guard isStopped, !blockedRead.isUnderWay, waitingToBeHandedOn == 0 else { return }
        for (id, _) in subscribers { remove(id) }
        for token in readTokens { removeConsumer(context.keys.core(token)) }
        connection?.close()
        connection = nil
        for done in whenStopped { done() }
        whenStopped.removeAll()
    }

    /// Leaves no trace in the group; where it fails, others sweep it away.
    private func removeConsumer(_ log: [UInt8]) {
        context.command.submit(.deleteConsumer, keys: [log], argumentCount: 2) { [group, context] command in
            command.add(group)
            command.add(context.instance)
        } _: { _ in
        }
    }

    private func interrupt() {
        if let connection { blockedRead.end(on: connection, context) }
    }

    private var room: Int {
        let room = subscribers.map { Self.buffered - $0.subscriber.mailbox.count }.min() ?? 0
        return min(Self.batch, room)
    }

    private func read() {
        guard !blockedRead.isUnderWay, !isStopped, let connection, connection.isOnline, !subscribers.isEmpty else {
            return
        }
        var room = self.room
        if room <= 0 {
            wasFull.set()
            room = self.room
            guard room > 0, wasFull.take() else { return }
        }
        let tokens = Set(subscribers.map(\.subscriber.token)).sorted()
        var command = RedisCommand(count: 10 + 2 * tokens.count, capacity: 192 + 48 * tokens.count)
        command.add("XREADGROUP")
        command.add("GROUP")
        command.add(group)
        command.add(context.instance)
        command.add("COUNT")
        command.add(room)
        command.add("BLOCK")
        command.add(context.configuration.blockTime.milliseconds)
        command.add("NOACK")
        command.add("STREAMS")
        for token in tokens { command.add(context.keys.core(token)) }
        for _ in tokens { command.add(">") }
        blockedRead.isUnderWay = true
        readTokens.formUnion(tokens)
        connection.submit(command, patience: context.readPatience) { answer in
            self.blockedRead.isUnderWay = false
            switch answer {
            case .success(var cursor):
                self.pace.served()
                self.dispatch(&cursor, tokens)
            case .failure(let error): self.recover(from: error, tokens)
            }
            if self.isStopped { self.finishIfStopped() } else { self.read() }
        }
    }

    private func dispatch(_ cursor: inout RESPCursor, _ tokens: [String]) {
        guard let streams = cursor.array() else { return }
        for _ in 0..<streams {
            guard cursor.array() != nil, let key = cursor.copy() else { return }
            let token = tokens.first { context.keys.core($0) == key }
            for _ in 0..<(cursor.array() ?? 0) {
                guard let entry = StreamEntry(&cursor) else { return }
                if let token { lastSeen[token] = entry.id }
                if case .message(let stored) = entry {
                    deliver(stored.message)
                } else {
                    context.statistics.add(.foreignEntries)
                }
            }
        }
    }

    private func deliver(_ message: BusMessage) {
        if let hop = message.headers[MessageHeaders.Name.hop], QueueHop(hop)?.group != group { return }
        if let deadline = message.headers[MessageHeaders.Name.deadline].flatMap(UInt64.init),
            deadline <= context.clock.now
        {
            return context.statistics.add(.requestsExpired)
        }
        let matching = subscribers.filter { $0.subscriber.filter.matches(message.subject) }
        guard !matching.isEmpty else { return passOver(message) }
        turn &+= 1
        matching[turn % matching.count].subscriber.mailbox.put(message)
    }

    /// What shares a log is read by all of its groups: only what another member of this group listens to is handed on,
    /// and only who asked what nobody at all listens to any more is told so.
    private func passOver(_ message: BusMessage) {
        interests.check(message.subject, .group(group)) { verdict in
            switch verdict {
            case .success(true): self.handOn(message, counting: true)
            case .success(false):
                guard message.reply != nil else { return }
                self.interests.check(message.subject) { verdict in
                    if case .success(false) = verdict { self.refuse(message) }
                }
            case .failure(let error):
                self.context.logger.warning("Message of a queue group lost", metadata: ["error": "\(error)"])
            }
        }
    }

    private func handOn(_ message: BusMessage, counting: Bool) {
        let hops = message.headers[MessageHeaders.Name.hop].flatMap { QueueHop($0)?.count } ?? 0
        guard hops < Self.maximumHops else { return refuse(message) }
        var message = message
        let hop = QueueHop(count: counting ? hops + 1 : max(hops, 1), group: group)
        do {
            try message.headers.set(MessageHeaders.Name.hop, hop.description)
        } catch {
            return context.logger.warning("Message of a queue group lost", metadata: ["error": "\(error)"])
        }
        let command = CorePublish.command(message, context)
        guard counting else { return context.command.submit(command) { _ in } }
        // A member that is busy needs time to come back to reading, or this one would only take its own copy again.
        waitingToBeHandedOn += 1
        context.loop.schedule(after: hop.pause) {
            self.waitingToBeHandedOn -= 1
            self.context.command.submit(command) { _ in }
            self.finishIfStopped()
        }
    }

    /// Nobody in the group wants it: who asks is told, as if nobody were there.
    private func refuse(_ message: BusMessage) {
        guard let reply = message.reply else { return }
        var answer = BusMessage(subject: reply)
        answer.headers.status = .init(code: 503, text: "No Responders")
        context.command.submit(CorePublish.command(answer, context)) { _ in }
    }

    private func recover(from error: RedisError, _ tokens: [String]) {
        switch error.code {
        case .connectionLost, .unavailable, .closed: return
        case .noGroup:
            // One missing group fails the whole read, and the answer need not name it: all are made sure of. What came
            // after the last message seen is still to be read, if it is there.
            context.statistics.add(.groupsRecreated)
            context.logger.warning("Queue group recreated, messages may be lost", metadata: ["bus.group": "\(group)"])
            for token in tokens {
                let (context, group, key) = (self.context, self.group, self.context.keys.core(token))
                context.start(after: lastSeen[token] ?? .zero, in: key) { start in
                    let name = String(decoding: key, as: UTF8.self)
                    let place = (start ?? .zero).description
                    context.command.submit(RedisCommand("XGROUP", "CREATE", name, group, place, "MKSTREAM")) { _ in }
                }
            }
            pause()
        default:
            let (length, mustTell) = pace.refused()
            if mustTell {
                context.logger.warning("Reading for a queue group failed", metadata: ["error": "\(error)"])
            }
            pause(length)
        }
    }

    /// Removes now and then what killed processes left in the group, on each log it is read from.
    private func sweepLater() {
        context.loop.schedule(after: context.configuration.sweepInterval * Double.random(in: 0.5..<1.5)) {
            guard !self.isStopped else { return }
            for token in Set(self.subscribers.map(\.subscriber.token)) {
                self.context.sweep(self.context.keys.core(token), group: self.group, name: self.context.instance)
            }
            self.sweepLater()
        }
    }

    /// Stops the reading for a moment instead of turning in circles.
    private func pause(_ length: Duration = .milliseconds(50)) {
        blockedRead.isUnderWay = true
        context.loop.schedule(after: length) {
            self.blockedRead.isUnderWay = false
            if self.isStopped { self.finishIfStopped() } else { self.read() }
        }
    }
}
