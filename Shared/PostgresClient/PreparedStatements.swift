/// Which SQL texts a connection has prepared, and under which names; the one unused longest makes room.
struct PreparedStatements {
    enum Use: Equatable {
        case known(String)
        /// Prepare it under this name, after deallocating the evicted one.
        case new(String, evicted: String?)
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func use(_ sql: String) -> Use {
        clock += 1
        if let entry = entries[sql] {
            entries[sql]?.lastUse = clock
            return .known(entry.name)
        }
        var evicted: String?
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            evicted = oldest.value.name
            entries[oldest.key] = nil
        }
        let name = "s\(clock)"
        entries[sql] = Entry(name: name, lastUse: clock)
        return .new(name, evicted: evicted)
    }

    /// Call when preparing failed or the server no longer knows the statement.
    mutating func forget(_ sql: String) { entries[sql] = nil }
}
