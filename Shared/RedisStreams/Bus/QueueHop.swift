/// The value of the hop header.
struct QueueHop: Hashable, CustomStringConvertible {
    let count: Int
    let group: String

    init(count: Int, group: String) {
        self.count = count
        self.group = group
    }

    init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let count = Int(parts[0]) else { return nil }
        self.init(count: count, group: String(parts[1]))
    }

    /// How long to wait before handing on: the longer, the oftener it was.
    var pause: Duration { .milliseconds(min(100, 10 * max(0, count))) }

    var description: String { "\(count) \(group)" }
}
