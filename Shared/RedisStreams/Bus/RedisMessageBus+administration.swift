package import MessageBus

extension RedisMessageBus: BusAdministration {
    package func streams() async throws -> [StreamInfo] {
        let names = try await execute(RedisCommand("SMEMBERS", text(context.keys.streams))).elements
        var all: [StreamInfo] = []
        for name in names.compactMap(\.text).sorted() { all.append(try await stream(name)) }
        return all
    }

    package func stream(_ name: String) async throws -> StreamInfo {
        try checkOpen()
        do {
            let configuration = try await streams.configuration(of: name)
            let info = try await information(of: context.keys.log(name)) ?? [:]
            let dead = try await context.command.execute(RedisCommand("XLEN", text(context.keys.deadLetters(name))))
            return StreamInfo(
                configuration: configuration,
                messages: info["length"]?.number.map(Int.init) ?? 0,
                appended: info["entries-added"]?.number.map(Int.init) ?? 0,
                first: info["first-entry"]?.elements.first?.text.flatMap { StreamID($0) },
                last: info["last-generated-id"]?.text.flatMap { StreamID($0) } ?? .zero,
                consumers: info["groups"]?.number.map(Int.init) ?? 0,
                deadLetters: dead.number.map(Int.init) ?? 0
            )
        } catch {
            throw BusError.from(error)
        }
    }

    /// What Redis says of a stream; nil where there is none.
    func information(of key: [UInt8]) async throws -> [String: RESPValue]? {
        do {
            return try await context.command.execute(RedisCommand("XINFO", "STREAM", text(key))).fields
        } catch let error as RedisError where error.code == .reply {
            // "no such key": nothing was ever stored, and there is no consumer.
            return nil
        }
    }

    package func consumers(of stream: String) async throws -> [ConsumerInfo] {
        try checkOpen()
        do {
            let configuration = try await streams.configuration(of: stream)
            guard let log = try await information(of: context.keys.log(stream)), log["groups"]?.number != 0 else {
                return []
            }
            let groups = try await context.command.execute(
                RedisCommand("XINFO", "GROUPS", text(context.keys.log(stream)))
            ).elements
            var all: [ConsumerInfo] = []
            for group in groups {
                let isOnly = groups.count == 1 && configuration.retention == .workQueue
                let length = isOnly ? log["length"]?.number.map(Int.init) : nil
                all.append(try await consumer(of: stream, group.fields, length: length))
            }
            return all.sorted { $0.name < $1.name }
        } catch {
            throw BusError.from(error)
        }
    }

    /// `length` of a work queue with one consumer, where all there is lies before it or is pending.
    private func consumer(of stream: String, _ group: [String: RESPValue], length: Int?) async throws -> ConsumerInfo {
        let name = group["name"]?.text ?? ""
        let keys = [
            context.keys.log(stream), context.keys.due(stream, name), context.keys.durable(stream, name),
            context.keys.live,
        ]
        let answer = try await context.command.run(.consumerInfo, keys: keys, [name]).elements
        guard answer.count == 6 else { throw RedisError(.unexpectedReply, "a consumer is told in six parts") }
        let last = group["last-delivered-id"]?.text.flatMap { StreamID($0) } ?? .zero
        let pending = Int(answer[0].number ?? 0)
        var configuration: ConsumerConfiguration?
        if let json = answer[4].text, !json.isEmpty {
            configuration = try StoredJSON.value(StoredConsumer.self, of: json).configuration
        }
        return ConsumerInfo(
            stream: stream,
            name: name,
            configuration: configuration,
            pending: pending,
            waiting: Int(answer[2].number ?? 0),
            redelivered: Int(answer[3].number ?? 0),
            lag: group["lag"]?.number.map(Int.init) ?? length.map { max(0, $0 - pending) },
            lastDelivered: last,
            acknowledgeFloor: answer[1].text.flatMap { StreamID($0) }?.predecessor ?? last,
            members: answer[5].elements.map { member in
                let parts = member.elements
                return .init(
                    name: parts.first?.text ?? "",
                    pending: parts.count > 1 ? Int(parts[1].number ?? 0) : 0,
                    isLive: parts.count > 2 && parts[2].number == 1
                )
            }.sorted { $0.name < $1.name }
        )
    }

    package func deleteConsumer(_ name: String, of stream: String) async throws -> Bool {
        try checkOpen()
        do {
            _ = try await streams.configuration(of: stream)
            try BusKeys.validate(name, what: "consumer")
            let keys = [
                context.keys.log(stream), context.keys.due(stream, name), context.keys.durable(stream, name),
            ]
            return try await context.command.run(.destroyConsumer, keys: keys, [name]).number == 1
        } catch {
            throw BusError.from(error)
        }
    }

    package func deadLetters(of stream: String, after id: StreamID, limit: Int) async throws -> [StoredMessage] {
        try checkOpen()
        do { _ = try await streams.configuration(of: stream) } catch { throw BusError.from(error) }
        let start = id == .zero ? "-" : "(\(id)"
        let key = text(context.keys.deadLetters(stream))
        let command = RedisCommand("XRANGE", key, start, "+", "COUNT", String(max(0, limit)))
        return try await withCheckedThrowingContinuation { continuation in
            context.command.submit(command) { answer in
                continuation.resume(
                    with: answer.map { cursor in
                        var cursor = cursor
                        return (0..<(cursor.array() ?? 0)).compactMap { _ in
                            guard case .message(let stored) = StreamEntry(&cursor) else { return nil }
                            return stored
                        }
                    }.mapError { BusError($0) as any Error }
                )
            }
        }
    }

    package func redrive(_ id: StreamID, of stream: String) async throws -> AppendReceipt {
        try checkOpen()
        do {
            _ = try await streams.configuration(of: stream)
            let keys = [context.keys.log(stream), context.keys.deadLetters(stream)]
            let answer = try await context.command.run(.redrive, keys: keys, [id.description])
            switch answer {
            case .integer(0): throw BusError(.messageNotFound, "stream \(stream) has no dead letter \(id)")
            case .integer:
                throw BusError(.refused, "dead letter \(id) only marks a message that is gone or cannot be read")
            default:
                guard let place = answer.text.flatMap({ StreamID($0) }) else {
                    throw RedisError(.unexpectedReply, "a redrive is answered with an id")
                }
                return AppendReceipt(id: place, isDuplicate: false)
            }
        } catch {
            throw BusError.from(error)
        }
    }

    package func events() -> AsyncStream<BusEvent> { context.events.events() }

    private func text(_ key: [UInt8]) -> String { String(decoding: key, as: UTF8.self) }
}
