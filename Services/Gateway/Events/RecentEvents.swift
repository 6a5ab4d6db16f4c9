import MessageBus

/// The last messages of the stream in order, for clients that come back after a moment. Pure.
///
/// As they came: what nobody asks for need not be understood.
struct RecentEvents: Sendable {
    private let capacity: Int
    private var events: [StoredMessage] = []
    /// Everything after this is here; nil until something is known.
    private var floor: StreamID?

    init(capacity: Int) { self.capacity = capacity }

    /// The newest event's id.
    var newest: StreamID? { events.last?.id }

    /// Adds an event; one that is not newer is a repetition and is left out.
    mutating func append(_ event: StoredMessage) -> Bool {
        if let newest, event.id <= newest { return false }
        if floor == nil { floor = event.id }
        events.append(event)
        // Twice the capacity, then half of it away: dropping one at a time would move all of them each time.
        if events.count > capacity * 2 {
            let surplus = events.count - capacity
            floor = events[surplus - 1].id
            events.removeFirst(surplus)
        }
        return true
    }

    /// What came after an id; nil when it is too long ago to know.
    func after(_ id: StreamID) -> [StoredMessage]? {
        guard let floor, id >= floor else { return nil }
        return Array(events[(events.firstIndex { $0.id > id } ?? events.endIndex)...])
    }
}
