import MessageBus

/// A bucket on Redis: a hash of values, a stream of changes, changed together by one script.
struct RedisKeyValueBucket: KeyValueChanging {
    let configuration: KeyValueConfiguration
    let bus: RedisMessageBus
    let keys: KeyValueKeys

    init(_ bus: RedisMessageBus, _ configuration: KeyValueConfiguration) {
        self.bus = bus
        self.configuration = configuration
        keys = KeyValueKeys(configuration.bucket, bus.context)
    }

    /// What the subjects of all changes begin with.
    var prefix: String { "$KV.\(configuration.bucket)." }

    /// How many changes are kept for watchers that lag: as many as 64 MiB hold, if all values were the largest.
    var logLength: Int { min(4_096, max(64, (64 << 20) / max(1, configuration.maximumValueSize))) }

    func apply(_ change: KeyValueChange) async throws -> StreamID {
        try bus.checkOpen()
        let context = bus.context
        await context.command.room()
        let time = change.timeToLive ?? configuration.timeToLive
        let condition =
            switch change.condition {
            case .none: ""
            case .absent: "absent"
            case .revision(let revision): revision.description
            case .earlierVersion: "version"
            }
        let script = change.condition == .earlierVersion ? RedisScript.keyValueAdvance : .keyValueWrite
        let answer: RESPValue = try await withCheckedThrowingContinuation { continuation in
            context.command.submit(
                script,
                keys: [keys.values, keys.log, keys.history, keys.expiry],
                argumentCount: 8,
                capacity: 384 + change.value.count
            ) { command in
                command.add(change.key)
                command.add(change.operation.rawValue)
                command.add(change.value)
                command.add(condition)
                command.add(configuration.history)
                command.add(logLength)
                command.add(time.map { max(1, $0.milliseconds) } ?? 0)
                command.add(prefix)
            } _: { answer in
                continuation.resume(
                    with: answer.map { cursor in
                        var cursor = cursor
                        return cursor.value()
                    }.mapError { BusError($0) }
                )
            }
        }
        let parts = answer.elements.compactMap(\.text)
        guard parts.count == 2, let revision = StreamID(parts[1]) else {
            throw BusError(.server, "a change of a key is answered with a revision")
        }
        switch parts[0] {
        case "exists": throw BusError(.keyExists(revision), "the key is there already")
        case "revision": throw BusError(.wrongRevision(revision), "the key's last revision is \(revision)")
        default: return revision
        }
    }

    func get(_ key: String) async throws -> KeyValueEntry? {
        try check(key)
        return try await read(key, history: false).last.flatMap { $0.operation == .put ? $0 : nil }
    }

    func history(of key: String) async throws -> [KeyValueEntry] {
        try check(key)
        return try await read(key, history: true)
    }

    func keys() async throws -> [String] {
        try await snapshot(names: true).dropFirst().compactMap(\.text).sorted()
    }

    func status() async throws -> KeyValueStatus {
        try bus.checkOpen()
        let count = try await bus.execute(RedisCommand("HLEN", String(decoding: keys.values, as: UTF8.self)))
        do {
            return KeyValueStatus(
                configuration: configuration,
                keys: count.number.map(Int.init) ?? 0,
                lastRevision: try await bus.lastID(of: keys.log)
            )
        } catch {
            throw BusError.from(error)
        }
    }

    func place(of key: String) async throws -> KeyValuePlace {
        try check(key)
        try bus.checkOpen()
        do {
            let answer = try await bus.context.command.run(.keyValuePlace, keys: [keys.values, keys.log], [key])
            let parts = answer.elements.compactMap(\.text)
            guard parts.count == 2, let last = StreamID(parts[0]) else {
                throw BusError(.server, "the place of a key is answered with two revisions")
            }
            return KeyValuePlace(last: last, key: StreamID(parts[1]))
        } catch {
            throw BusError.from(error)
        }
    }

    private func read(_ key: String, history: Bool) async throws -> [KeyValueEntry] {
        try bus.checkOpen()
        do {
            let answer = try await bus.context.command.run(
                .keyValueRead,
                keys: [keys.values, keys.expiry, keys.history],
                [key, history ? "1" : "0"]
            )
            return answer.elements.compactMap { KeyValueEntry(key: key, kept: $0) }
        } catch {
            throw BusError.from(error)
        }
    }

    /// All keys, as the script answers.
    func snapshot(names: Bool) async throws -> [RESPValue] {
        try bus.checkOpen()
        do {
            let answer = try await bus.context.command.run(
                .keyValueSnapshot,
                keys: [keys.values, keys.expiry, keys.log],
                [names ? "1" : "0"]
            )
            return answer.elements
        } catch {
            throw BusError.from(error)
        }
    }
}

extension KeyValueEntry {
    /// Reads `<revision> <operation> <value>`; nil for anything else.
    init?(key: String, kept: RESPValue) {
        guard case .bytes(let bytes) = kept else { return nil }
        let parts = bytes.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let revision = StreamID(String(decoding: parts[0], as: UTF8.self)),
            let operation = Operation(rawValue: String(decoding: parts[1], as: UTF8.self))
        else { return nil }
        self.init(key: key, value: Array(parts[2]), revision: revision, operation: operation)
    }

    /// Reads an entry of a bucket's log; nil for one that is none.
    init?(_ stored: StoredMessage, prefix: String) {
        let subject = stored.message.subject.description
        guard subject.hasPrefix(prefix) else { return nil }
        let operation = stored.message.headers[MessageHeaders.Name.keyValueOperation].map { Operation(rawValue: $0) }
        guard let operation = operation ?? .put else { return nil }
        self.init(
            key: String(subject.dropFirst(prefix.count)),
            value: stored.message.body,
            revision: stored.id,
            operation: operation
        )
    }
}

/// What a bucket held at one moment.
struct KeyValueSnapshot: Sendable {
    /// The last change that is part of it.
    let last: StreamID
    /// What is kept of each key, in the order of the changes; deletions that were not purged included.
    let entries: [KeyValueEntry]

    /// Reads what the script answers.
    init(_ elements: [RESPValue]) {
        last = elements.first?.text.flatMap { StreamID($0) } ?? .zero
        entries = stride(from: 1, to: elements.count - 1, by: 2)
            .compactMap { index in
                elements[index].text.flatMap { KeyValueEntry(key: $0, kept: elements[index + 1]) }
            }
            .sorted { $0.revision < $1.revision }
    }
}
