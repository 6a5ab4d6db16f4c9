import Logging
import MessageBus
import Synchronization

/// What comes in: new messages, messages to deliver again, and messages whose answer was lost. On the loop's thread.
extension DurableConsumer {
    func read() {
        guard !isReading, !isStopping, let connection, connection.isOnline else { return }
        if mustResume { return resume(after: "-", on: connection) }
        // Without room nothing is read; whatever makes room reads again.
        let room = ledger.withLock { $0.room }
        guard room > 0 else { return }
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
        isReading = true
        connection.submit(command, patience: context.readPatience) { answer in
            self.isReading = false
            switch answer {
            case .success(var cursor):
                self.take(&cursor)
                self.read()
            case .failure(let error): self.recover(from: error)
            }
            self.finishIfStopping()
        }
    }

    private func take(_ cursor: inout RESPCursor) {
        guard cursor.array() != nil, cursor.array() != nil else { return }
        cursor.skip()
        for _ in 0..<(cursor.array() ?? 0) {
            guard let entry = StreamEntry(&cursor) else { return }
            lastSeen = max(lastSeen ?? .zero, entry.id)
            take(entry, deliveries: 1)
        }
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

    private func recover(from error: RedisError) {
        switch error.code {
        case .connectionLost, .unavailable, .closed: return
        case .noGroup: recreateGroup()
        case .wrongType, .denied:
            mailbox.finish(throwing: BusError(error))
            stop {}
        default:
            context.logger.warning("Reading a durable stream failed", metadata: metadata(["error": "\(error)"]))
            pause()
        }
    }

    func pause() {
        guard !isReading else { return }
        isReading = true
        context.loop.schedule(after: .milliseconds(50)) {
            self.isReading = false
            self.read()
            self.finishIfStopping()
        }
    }

    func metadata(_ more: Logger.Metadata) -> Logger.Metadata {
        more.merging(["bus.stream": "\(configuration.stream)", "bus.consumer": "\(configuration.durable)"]) { $1 }
    }

    // MARK: - Redelivery

    /// Looks again and again for what must be delivered again; spread, so that members do not march in step.
    func tick() {
        guard !isOver else { return }
        returnUnbegun()
        reclaim()
        let interval = context.configuration.reclaimInterval
        context.loop.schedule(after: interval * Double.random(in: 0.8..<1.2)) { self.tick() }
    }

    func reclaim() {
        guard !isReclaiming, !isStopping, !mustResume, context.command.isOnline else { return }
        let room = ledger.withLock { $0.room }
        guard room > 0 else { return }
        isReclaiming = true
        let keys = [log, due, deadLetters, context.keys.live]
        let arguments =
            [
                configuration.durable, name, String(min(Self.batch, room)), String(configuration.maximumDeliveries),
                isWorkQueue ? "1" : "0", configuration.stream,
            ] + waits
        context.command.submit(.reclaim, keys: keys, argumentCount: arguments.count, capacity: 512) { command in
            for argument in arguments { command.add(argument) }
        } _: { answer in
            self.isReclaiming = false
            switch answer {
            case .success(var cursor): self.takeReclaimed(&cursor)
            // What was taken over and never heard of is found by looking through our own pending messages.
            case .failure(let error) where error.code == .connectionLost: self.resumeSoon()
            case .failure(let error) where error.code == .noGroup: self.recreateGroup()
            case .failure(let error):
                guard error.code != .unavailable, error.code != .closed else { break }
                self.context.logger.warning("Redelivery failed", metadata: self.metadata(["error": "\(error)"]))
            }
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
        context.statistics.add(.deadLetters, dead)
        if dead > 0 {
            context.events.emit(
                .deadLetters(stream: configuration.stream, consumer: configuration.durable, count: dead)
            )
            context.logger.warning("Messages became dead letters", metadata: metadata(["bus.count": "\(dead)"]))
        }
        flushSettled()
        // There may be more than fitted into one answer.
        if taken > 0 || dead > 0 { reclaim() }
    }

    /// Reads `{{id, deliveries, fields}…}`.
    private func takeEntries(_ cursor: inout RESPCursor, where wanted: (StreamID) -> Bool) -> Int {
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
        return count
    }

    // MARK: - After a break

    private func resumeSoon() {
        mustResume = true
        if isReading, let connection { context.unblock(connection) { self.isReading } }
    }

    /// Looks through what this consumer was given and never received. Nothing else is read meanwhile, so whatever is
    /// pending and unknown here was lost on the way.
    private func resume(after start: String, on connection: RedisConnection) {
        guard !isReclaiming else {
            context.loop.schedule(after: .milliseconds(20)) { self.read() }
            return
        }
        isReading = true
        let arguments = [configuration.durable, name, start, "100"]
        connection.submit(.resume, keys: [log], argumentCount: 4) { command in
            for argument in arguments { command.add(argument) }
        } _: { answer in
            self.isReading = false
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
