import Logging
import MessageBus
import Synchronization

/// What comes in: new messages, and messages whose answer was lost. On the loop's thread.
extension DurableConsumer {
    func read() {
        guard !blockedRead.isUnderWay, !isStopping, let connection, connection.isOnline else { return }
        if mustResume { return resume(after: "-", on: connection) }
        // Without room nothing is read; whatever makes room reads again.
        let room = ledger.withLock { $0.room }
        guard room > 0 else { return }
        // What must be delivered again comes before what is new, however much of that there is.
        if owesReclaim { return reclaim(on: connection) }
        if let limit = configuration.maximumAcknowledgePending {
            return fetch(min(Self.batch, room), limit: limit, on: connection)
        }
        var command = RedisCommand(count: 11, capacity: 256)
        command.add("XREADGROUP")
        command.add("GROUP")
        command.add(configuration.durable)
        command.add(name)
        command.add("COUNT")
        command.add(min(Self.batch, room))
        command.add("BLOCK")
        command.add(context.configuration.blockTime.milliseconds)
        command.add("STREAMS")
        command.add(log)
        command.add(">")
        blockedRead.isUnderWay = true
        connection.submit(command, patience: context.readPatience) { answer in
            self.blockedRead.isUnderWay = false
            switch answer {
            case .success(var cursor):
                self.take(&cursor)
                self.read()
            case .failure(let error): self.recover(from: error)
            }
            self.finishIfStopping()
        }
    }

    /// Reads an answer of `XREADGROUP`.
    func take(_ cursor: inout RESPCursor) {
        guard cursor.array() != nil, cursor.array() != nil else { return }
        cursor.skip()
        readingPace.served()
        for _ in 0..<(cursor.array() ?? 0) {
            guard let entry = StreamEntry(&cursor) else { return }
            lastSeen = max(lastSeen ?? .zero, entry.id)
            take(entry, deliveries: 1)
        }
        handOutArrived()
        flushSettled()
    }

    private func take(_ entry: StreamEntry, deliveries: Int) {
        switch entry {
        case .message(let stored): receive(stored, deliveries: deliveries)
        case .foreign(let id, let reason): bury(id, deliveries: deliveries, reason: reason)
        // Trimmed after it was delivered; the next look for redeliveries makes a dead letter of it.
        case .gone: break
        }
    }

    func recover(from error: RedisError) {
        switch error.code {
        case .connectionLost, .unavailable, .closed: return
        case .noGroup: recreateGroup()
        case .wrongType, .denied:
            mailbox.finish(throwing: BusError(error))
            stop {}
        default:
            let (length, mustTell) = readingPace.refused()
            if mustTell {
                context.logger.warning("Reading a durable stream failed", metadata: metadata(["error": "\(error)"]))
            }
            pause(length)
        }
    }

    func pause(_ length: Duration = .milliseconds(50)) {
        guard !blockedRead.isUnderWay else { return }
        blockedRead.isUnderWay = true
        context.loop.schedule(after: length) {
            self.blockedRead.isUnderWay = false
            self.read()
            self.finishIfStopping()
        }
    }

    func metadata(_ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(["bus.stream": "\(configuration.stream)", "bus.consumer": "\(configuration.durable)"]) { $1 }
    }

    /// Reads `{{id, deliveries, fields}…}`.
    func takeEntries(_ cursor: inout RESPCursor, where wanted: (StreamID) -> Bool) -> Int {
        let count = cursor.array() ?? 0
        for _ in 0..<count {
            guard cursor.array() == 3, let id = cursor.string(StreamID.init(wire:)) ?? nil else { return 0 }
            let deliveries = cursor.integer() ?? 1
            guard wanted(id) else {
                cursor.skip()
                continue
            }
            take(StreamEntry(id: id, fields: &cursor), deliveries: deliveries)
        }
        handOutArrived()
        return count
    }

    // MARK: - After a break

    func resumeSoon() {
        mustResume = true
        if let connection { blockedRead.end(on: connection, context) }
    }

    /// Looks through what this consumer was given and never received. Nothing else is read meanwhile, so whatever is
    /// pending and unknown here was lost on the way.
    private func resume(after start: String, on connection: RedisConnection) {
        guard !isReclaiming else {
            context.loop.schedule(after: .milliseconds(20)) { self.read() }
            return
        }
        blockedRead.isUnderWay = true
        let arguments = [configuration.durable, name, start, "100"]
        connection.submit(.resume, keys: [log], argumentCount: 4) { command in
            for argument in arguments { command.add(argument) }
        } _: { answer in
            self.blockedRead.isUnderWay = false
            switch answer {
            case .success(var cursor):
                guard cursor.array() == 2 else { break }
                _ = self.takeEntries(&cursor) { id in !self.ledger.withLock { $0.knows(id) } }
                let last = cursor.text() ?? ""
                if !last.isEmpty, !self.isStopping { return self.resume(after: "(" + last, on: connection) }
                self.mustResume = false
                self.flushSettled()
                self.read()
            case .failure(let error) where error.code == .noGroup:
                self.mustResume = false
                self.recreateGroup()
            case .failure: break
            }
            self.finishIfStopping()
        }
    }
}
