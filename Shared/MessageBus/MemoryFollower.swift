/// One follower of a stream in memory: reads ahead a little, and notices what went before it was read. Pure.
struct MemoryFollower {
    /// How many messages wait for the reader, as in the Redis bus.
    private static let capacity = 1024

    let instance: String
    private let filters: [SubjectFilter]
    private var cursor: StreamID
    /// How many messages were stored up to the cursor; nil: not known.
    private var passed: Int?
    private var gap: StreamGap?
    private(set) var ready: [StoredMessage] = []
    private(set) var isOver = false
    var reader: CheckedContinuation<StoredMessage?, Never>?

    init(instance: String, filters: [SubjectFilter], after start: StreamID, passed: Int?) {
        self.instance = instance
        self.filters = filters
        cursor = start
        self.passed = passed
    }

    /// Takes what follows the cursor. Answers how many messages went unseen; nil when none did, and a gap of unknown
    /// size when that is not known.
    mutating func fill(from log: [MemoryStream.Entry]) -> StreamGap? {
        var noticed: StreamGap?
        let first = (log.lastIndex { $0.stored.id <= cursor }).map { $0 + 1 } ?? 0
        for entry in log[first...] {
            guard ready.count < Self.capacity, !isOver else { break }
            if passed != entry.number - 1 {
                let found = StreamGap(missed: passed.map { entry.number - 1 - $0 })
                noticed = found
                gap = gap.map { $0 + found } ?? found
            }
            passed = entry.number
            cursor = entry.stored.id
            guard filters.isEmpty || filters.contains(where: { $0.matches(entry.stored.message.subject) }) else {
                continue
            }
            ready.append(StoredMessage(id: entry.stored.id, message: entry.stored.message, gap: gap))
            gap = nil
        }
        return noticed
    }

    /// The reader that waits, with what it waits for, if that is there now.
    mutating func wake() -> (CheckedContinuation<StoredMessage?, Never>, StoredMessage?)? {
        guard let reader, isOver || !ready.isEmpty else { return nil }
        self.reader = nil
        return (reader, take())
    }

    mutating func take() -> StoredMessage? { ready.isEmpty ? nil : ready.removeFirst() }

    /// Ends after what was read ahead.
    mutating func finish() { isOver = true }
}
