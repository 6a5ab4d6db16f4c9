import Synchronization

extension MemoryMessageBus: BusAdministration {
    package func streams() async throws -> [StreamInfo] {
        try checkOpen()
        let now = shared.now()
        return shared.state.withLock { state in
            for name in state.streams.keys { state.streams[name]?.trim(now: now) }
            return state.streams.values.map(\.info).sorted { $0.configuration.name < $1.configuration.name }
        }
    }

    package func stream(_ name: String) async throws -> StreamInfo {
        try checkOpen()
        return try withStream(name) { stream, _ in stream.info }
    }

    package func consumers(of stream: String) async throws -> [ConsumerInfo] {
        try checkOpen()
        return try withStream(stream) { stream, now in
            stream.consumers.values.map { stream.info(of: $0, now: now) }.sorted { $0.name < $1.name }
        }
    }

    package func deleteConsumer(_ name: String, of stream: String) async throws -> Bool {
        try checkOpen()
        return try withStream(stream) { stream, now in
            guard let consumer = stream.consumers.removeValue(forKey: name) else { return false }
            guard !consumer.members.isEmpty else { return true }
            let start = stream.configuration.retention == .workQueue ? .zero : consumer.cursor
            stream.consumers[name] = consumer.again(after: start)
            stream.pump(name, now: now)
            return true
        }
    }

    package func deadLetters(of stream: String, after id: StreamID, limit: Int) async throws -> [StoredMessage] {
        try checkOpen()
        return try withStream(stream) { stream, _ in Array(stream.deadLetters.filter { $0.id > id }.prefix(limit)) }
    }

    package func redrive(_ id: StreamID, of stream: String) async throws -> AppendReceipt {
        try checkOpen()
        return try withStream(stream) { try $0.redrive(id, now: $1) }
    }

    package func events() -> AsyncStream<BusEvent> { shared.hub.events() }
}

extension MemoryStream {
    fileprivate var info: StreamInfo {
        StreamInfo(
            configuration: configuration,
            messages: log.count,
            appended: appended,
            first: log.first?.stored.id,
            last: lastID,
            consumers: consumers.count,
            deadLetters: deadLetters.count
        )
    }

    fileprivate func info(of consumer: MemoryConsumer, now: UInt64) -> ConsumerInfo {
        ConsumerInfo(
            stream: configuration.name,
            name: consumer.configuration.durable,
            configuration: consumer.configuration,
            pending: consumer.pending.count,
            waiting: consumer.waiting(now: now),
            redelivered: consumer.pending.values.count { $0.deliveries > 1 },
            lag: log.count { $0.stored.id > consumer.cursor },
            lastDelivered: consumer.cursor,
            acknowledgeFloor: consumer.pending.keys.min()?.predecessor ?? consumer.cursor,
            members: consumer.members.map { key, member in
                .init(name: "\(member.instance).\(key)", pending: consumer.held(by: key), isLive: true)
            }.sorted { $0.name < $1.name }
        )
    }
}
