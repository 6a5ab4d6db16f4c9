package import MessageBus
import Synchronization

extension RedisMessageBus {
    package func ensureStream(_ configuration: StreamConfiguration) async throws {
        try checkOpen()
        do { try await streams.declare(configuration) } catch { throw BusError.from(error) }
    }

    /// A lost connection is no reason to give up where the message has an id: storing it twice is impossible then.
    package func append(_ message: BusMessage, to stream: String) async throws -> AppendReceipt {
        try checkOpen()
        try check(message)
        do {
            let configuration = try await streams.configuration(of: stream)
            guard configuration.subjects.matches(message.subject) else {
                throw BusError(.unknownStream, "stream \(stream) does not take \(message.subject)")
            }
            await context.command.room()
            let id = message.headers[MessageHeaders.Name.messageID]
            var attempt = 1
            while true {
                do {
                    return try await store(message, id, configuration)
                } catch let error as RedisError where error.code == .connectionLost && id != nil && attempt < 4 {
                    attempt += 1
                }
            }
        } catch {
            throw BusError.from(error)
        }
    }

    private func store(
        _ message: BusMessage,
        _ id: String?,
        _ stream: StreamConfiguration
    ) async throws -> AppendReceipt {
        let expected = message.headers[MessageHeaders.Name.expectedLastSequence]
        let block = message.headers.block
        let log = context.keys.log(stream.name)
        let limit = stream.maximumMessages ?? 0
        let command = context.command
        return try await withCheckedThrowingContinuation { continuation in
            let size = 320 + block.count + message.body.count
            if id == nil, expected == nil {
                command.submit(StreamAppend.plain(message, block, log, limit: limit, capacity: size)) { answer in
                    continuation.resume(with: answer.flatMap { StreamAppend.receipt(plain: $0) })
                }
                return
            }
            let duplicate = id.map { context.keys.duplicate(stream.name, $0) } ?? log
            command.submit(.append, keys: [log, duplicate], argumentCount: 8, capacity: size) { command in
                command.add(id ?? "")
                command.add(max(1, stream.duplicateWindow.milliseconds))
                command.add(expected ?? "")
                command.add(limit)
                command.add(message.subject.description)
                command.add(message.reply?.description ?? "")
                command.add(block)
                command.add(message.body)
            } _: { answer in
                continuation.resume(with: answer.flatMap { StreamAppend.receipt(script: $0) })
            }
        }
    }

    package func consume(_ consumer: ConsumerConfiguration) async throws -> BusSequence<Delivery> {
        try checkTaking()
        do {
            try BusKeys.validate(consumer.durable, what: "consumer")
            let stream = try await streams.configuration(of: consumer.stream)
            let id = makeID()
            let context = self.context
            let member = state.withLock { state -> DurableConsumer in
                let same = state.consumers.values.filter {
                    $0.configuration.stream == consumer.stream && $0.configuration.durable == consumer.durable
                }
                let member = DurableConsumer(
                    context: context,
                    configuration: consumer,
                    isWorkQueue: stream.retention == .workQueue,
                    name: same.isEmpty ? instance : "\(instance).\(id)"
                )
                state.consumers[id] = member
                return member
            }
            do {
                try await member.ensureGroup()
                try await presence.add(consumer: member.name)
            } catch {
                forget(id, member)
                throw error
            }
            await onLoop { member.open() }
            let end = Once { context.loop.submit { member.stop { self.forget(id, member) } } }
            return BusSequence(member.mailbox) { end.perform() }
        } catch {
            throw BusError.from(error)
        }
    }

    private func forget(_ id: Int, _ member: DurableConsumer) {
        if state.withLock({ $0.consumers.removeValue(forKey: id) }) != nil { presence.remove(consumer: member.name) }
    }

    package func follow(
        _ stream: String,
        filters: [SubjectFilter],
        from start: FollowStart
    ) async throws -> BusSequence<StoredMessage> {
        try checkTaking()
        do {
            _ = try await streams.configuration(of: stream)
            let key = context.keys.log(stream)
            let cursor: StreamID =
                switch start {
                case .new: try await lastID(of: key)
                case .after(let id): id
                }
            let id = makeID()
            let (context, cursors) = (self.context, self.cursors)
            let sink = FollowSink(stream: stream, filters: filters, context: context) {
                context.loop.submit { cursors.wake() }
            }
            state.withLock { $0.follows[id] = sink.mailbox }
            await onLoop { cursors.add(id, key: key, after: cursor, sink, watchesGaps: true) }
            return BusSequence(sink.mailbox) {
                _ = self.state.withLock { $0.follows.removeValue(forKey: id) }
                context.loop.submit {
                    cursors.remove(id)
                    sink.mailbox.finish()
                }
            }
        } catch {
            throw BusError.from(error)
        }
    }
}

/// The commands that append and what they answer.
enum StreamAppend {
    /// Without an id and an expectation one command does it.
    static func plain(_ message: BusMessage, _ block: [UInt8], _ log: [UInt8], limit: Int, capacity: Int)
        -> RedisCommand
    {
        var command = RedisCommand(count: limit > 0 ? 14 : 11, capacity: capacity)
        command.add("XADD")
        command.add(log)
        if limit > 0 {
            command.add("MAXLEN")
            command.add("~")
            command.add(limit)
        }
        command.add("*")
        command.add(fieldsOf: message, block: block)
        return command
    }

    static func receipt(plain cursor: RESPCursor) -> Result<AppendReceipt, RedisError> {
        var cursor = cursor
        guard let id = cursor.string(StreamID.init(wire:)) ?? nil else { return .failure(unexpected) }
        return .success(AppendReceipt(id: id, isDuplicate: false))
    }

    static func receipt(script cursor: RESPCursor) -> Result<AppendReceipt, RedisError> {
        var cursor = cursor
        guard cursor.array() == 2, let id = cursor.string(StreamID.init(wire:)) ?? nil else {
            return .failure(unexpected)
        }
        return .success(AppendReceipt(id: id, isDuplicate: cursor.integer() == 1))
    }

    private static let unexpected = RedisError(.unexpectedReply, "an append is answered with an id")
}
