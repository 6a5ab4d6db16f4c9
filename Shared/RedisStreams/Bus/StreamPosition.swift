import MessageBus

/// How many messages of a stream a cursor has passed, counted from the stream's beginning; tells whether some were
/// trimmed unseen. Exact once the cursor has been at the end, and as long as nothing is deleted from the middle.
struct StreamPosition: Sendable {
    struct Missed: Hashable, Sendable {
        /// Nil: unknown.
        let count: Int?
    }

    private var passed: Int?

    /// `passed` messages were stored before the cursor; nil: not known.
    init(passed: Int? = nil) { self.passed = passed }

    /// One message was read.
    mutating func pass() { passed? += 1 }

    /// Compares with what `XINFO STREAM` says.
    mutating func compare(_ info: [String: RESPValue], cursor: StreamID) -> Missed? {
        guard let added = info["entries-added"]?.number.map(Int.init),
            let length = info["length"]?.number.map(Int.init),
            let last = info["last-generated-id"]?.text.flatMap({ StreamID($0) })
        else { return nil }
        if cursor >= last {
            passed = added
            return nil
        }
        let first = info["first-entry"]?.elements.first?.text.flatMap { StreamID($0) }
        let isAhead = first.map { $0 > cursor } ?? true
        let gone = added - length
        if cursor == .zero, passed == nil {
            // It begins with the oldest there is; what went before that is no loss.
            passed = gone
            return nil
        }
        guard isAhead else { return nil }
        guard let passed else {
            // Whether the first message that is left follows the cursor's directly cannot be known.
            self.passed = gone
            return length < added ? Missed(count: nil) : nil
        }
        guard gone > passed else { return nil }
        self.passed = gone
        return Missed(count: gone - passed)
    }
}
