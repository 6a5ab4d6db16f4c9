import Logging
import MessageBus
import Synchronization

/// Where a consumer begins, and how it begins again when its group is gone.
extension DurableConsumer {
    /// The most subjects `lastPerSubject` begins with.
    static let maximumSubjects = 10_000
    private static let page = 1000

    /// Creates the group where there is none and notes the configuration.
    func ensureGroup() async throws {
        let (start, snapshot) = try await beginning()
        let json = try StoredJSON.text(of: StoredConsumer(configuration))
        let answer = try await context.command.run(
            .createConsumer,
            keys: creationKeys,
            [configuration.durable, json, start] + snapshot.map(\.description)
        ).elements
        beganAfter.withLock { $0 = answer.count > 1 ? answer[1].text : nil }
    }

    private var creationKeys: [[UInt8]] {
        [log, context.keys.durable(configuration.stream, configuration.durable), due]
    }

    /// The id a new group begins after, and what is to be delivered before that.
    private func beginning() async throws -> (start: String, snapshot: [StreamID]) {
        switch configuration.deliverPolicy {
        case .all: return ("0-0", [])
        case .new: return ("$", [])
        case .after(let id): return (id.description, [])
        case .from(let time): return (StreamID(milliseconds: time, sequence: 0).predecessor.description, [])
        case .last, .lastPerSubject:
            if try await exists() { return ("$", []) }
            return try await searched()
        }
    }

    private func exists() async throws -> Bool {
        do {
            let groups = try await context.command.execute(
                RedisCommand("XINFO", "GROUPS", String(decoding: log, as: UTF8.self))
            )
            return groups.elements.contains { $0.fields["name"]?.text == configuration.durable }
        } catch let error as RedisError where error.code == .reply {
            return false
        }
    }

    /// Looks through the stream from its end, a page at a time so that the server is free for others in between. What
    /// comes meanwhile lies after the place where this began, and is new to the consumer.
    private func searched() async throws -> (start: String, snapshot: [StreamID]) {
        var end: StreamID?
        var newest: [Subject: StreamID] = [:]
        var from = "+"
        while true {
            let answer = try await context.command.run(.subjects, keys: [log], [from, String(Self.page)]).elements
            for index in stride(from: 0, to: answer.count - 1, by: 2) {
                guard let id = answer[index].text.flatMap({ StreamID($0) }) else { continue }
                end = end ?? id
                from = "(\(id)"
                guard let subject = readSubject(answer[index + 1]), configuration.wants(subject) else { continue }
                if configuration.deliverPolicy == .last { return (id.predecessor.description, []) }
                if newest[subject] == nil { newest[subject] = id }
            }
            guard newest.count <= Self.maximumSubjects else {
                throw BusError(
                    .refused,
                    "stream \(configuration.stream) has more than \(Self.maximumSubjects) subjects to begin with"
                )
            }
            guard answer.count >= 2 * Self.page else { break }
        }
        return (end?.description ?? "0-0", newest.values.sorted())
    }

    /// Nil for an entry that is no message of ours: those are found by whoever reads it as new.
    private func readSubject(_ value: RESPValue) -> Subject? {
        guard let text = value.text else { return nil }
        do { return try Subject(text) } catch { return nil }
    }

    // MARK: - On the loop's thread

    /// The stream or its group is gone: flushed, destroyed, or a replica without it took over. It begins again after
    /// the last message seen here; a work queue from its beginning, as all in it is unsettled.
    func recreateGroup() {
        context.statistics.add(.groupsRecreated)
        context.logger.warning("Consumer recreated, messages may be lost", metadata: metadata([:]))
        context.start(after: isWorkQueue ? .zero : lastSeen, in: log) { place in
            self.recreateGroup(from: place?.description ?? self.beganAfter.withLock { $0 } ?? "0-0")
        }
        pause()
    }

    private func recreateGroup(from start: String) {
        do {
            let arguments = [
                configuration.durable, try StoredJSON.text(of: StoredConsumer(configuration)), start,
            ]
            context.command.submit(.createConsumer, keys: creationKeys, argumentCount: 3, capacity: 512) { command in
                for argument in arguments { command.add(argument) }
            } _: { answer in
                self.tell(answer)
            }
        } catch {
            context.logger.error("Consumer not recreated", metadata: metadata(["error": "\(error)"]))
        }
    }

    private func tell(_ answer: Result<RESPCursor, RedisError>) {
        guard case .success(var cursor) = answer, cursor.array() == 3, cursor.integer() == 1 else { return }
        cursor.skip()
        let hadStream = cursor.integer() == 1
        let event = BusEvent.groupRecreated(
            stream: configuration.stream,
            consumer: configuration.durable,
            possibleLoss: !(isWorkQueue && hadStream)
        )
        context.events.emit(event)
    }
}
