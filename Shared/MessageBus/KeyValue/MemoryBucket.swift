/// One bucket in memory: values, history, watchers. Pure: time comes in.
struct MemoryBucket {
    struct Watcher {
        let instance: String
        let filter: SubjectFilter?
        let continuation: AsyncThrowingStream<KeyValueUpdate, any Error>.Continuation

        func tell(_ entry: KeyValueEntry) {
            if Self.passes(entry.key, filter) { continuation.yield(.entry(entry)) }
        }

        static func passes(_ key: String, _ filter: SubjectFilter?) -> Bool {
            guard let filter else { return true }
            // A key that is in a bucket is a subject as well.
            do { return filter.matches(try Subject(key)) } catch { return false }
        }
    }

    private struct Held {
        var entries: [KeyValueEntry]
        var expires: UInt64?
    }

    var configuration: KeyValueConfiguration
    private(set) var lastRevision = StreamID.zero
    private var held: [String: Held] = [:]
    var watchers: [Int: Watcher] = [:]

    init(_ configuration: KeyValueConfiguration) { self.configuration = configuration }

    var count: Int { held.count }

    mutating func apply(_ change: KeyValueChange, now: UInt64) throws -> StreamID {
        expire(now: now)
        let last = held[change.key]?.entries.last
        switch change.condition {
        case .none: break
        case .absent:
            if let last, last.operation == .put {
                throw BusError(.keyExists(last.revision), "the key is there already")
            }
        case .revision(let expected):
            let revision = last?.revision ?? .zero
            guard revision == expected else {
                throw BusError(.wrongRevision(revision), "the key's last revision is \(revision)")
            }
        case .earlierVersion:
            guard let last, last.operation == .put, let held = KeyValueVersion.read(last.value) else { break }
            guard held <= KeyValueVersion.read(change.value) ?? 0, last.value != change.value else {
                throw BusError(.wrongRevision(last.revision), "a later version is there")
            }
        }
        let entry = record(change.key, change.value, change.operation, now: now)
        guard change.operation != .purge else {
            held[change.key] = nil
            return entry.revision
        }
        var entries = held[change.key]?.entries ?? []
        entries.append(entry)
        entries.removeFirst(max(0, entries.count - configuration.history))
        let time = change.operation == .put ? change.timeToLive ?? configuration.timeToLive : nil
        held[change.key] = Held(entries: entries, expires: time.map { now + $0.wholeMilliseconds })
        return entry.revision
    }

    /// Purges what has lived its time.
    mutating func expire(now: UInt64) {
        for (key, value) in held.sorted(by: { $0.key < $1.key }) {
            guard let expires = value.expires, expires <= now else { continue }
            held[key] = nil
            _ = record(key, [], .purge, now: now)
        }
    }

    func entry(_ key: String) -> KeyValueEntry? {
        held[key]?.entries.last.flatMap { $0.operation == .put ? $0 : nil }
    }

    func place(of key: String) -> KeyValuePlace {
        KeyValuePlace(last: lastRevision, key: held[key]?.entries.last?.revision)
    }

    func history(of key: String) -> [KeyValueEntry] { held[key]?.entries ?? [] }

    /// The newest values, oldest first.
    var values: [KeyValueEntry] {
        held.values.compactMap(\.entries.last).filter { $0.operation == .put }.sorted { $0.revision < $1.revision }
    }

    private mutating func record(
        _ key: String,
        _ value: [UInt8],
        _ operation: KeyValueEntry.Operation,
        now: UInt64
    ) -> KeyValueEntry {
        lastRevision =
            now > lastRevision.milliseconds
            ? StreamID(milliseconds: now, sequence: 0)
            : StreamID(milliseconds: lastRevision.milliseconds, sequence: lastRevision.sequence + 1)
        let entry = KeyValueEntry(key: key, value: value, revision: lastRevision, operation: operation)
        for watcher in watchers.values { watcher.tell(entry) }
        return entry
    }
}
