import MessageBus

/// What one consumer holds and what is being settled. Pure.
struct DeliveryLedger {
    private let limit: Int
    /// Handed out and not settled, with the delivery count.
    private var held: [StreamID: Int] = [:]
    /// On the way to being settled: still pending at the server, but not to be delivered again from there.
    private var settling: [StreamID: Int] = [:]
    /// Taken from the server beyond the limit; handed out as others are settled.
    private var backlog = FIFO<(StoredMessage, Int)>()
    private var waiting: Set<StreamID> = []

    init(limit: Int) { self.limit = limit }

    /// How many more may be taken.
    var room: Int { max(0, limit - held.count - backlog.count) }

    var isEmpty: Bool { held.isEmpty && settling.isEmpty && backlog.isEmpty }

    /// Whether a message is in hand, whatever its state.
    func knows(_ id: StreamID) -> Bool { held[id] != nil || settling[id] != nil || waiting.contains(id) }

    /// Takes a message in; false when it has to wait.
    mutating func admit(_ stored: StoredMessage, deliveries: Int) -> Bool {
        guard held.count < limit || held[stored.id] != nil else {
            if waiting.insert(stored.id).inserted { backlog.append((stored, deliveries)) }
            return false
        }
        held[stored.id] = deliveries
        return true
    }

    mutating func hold(_ id: StreamID, deliveries: Int) { held[id] = deliveries }

    /// Those that need not wait any more.
    mutating func nextReady() -> [(stored: StoredMessage, deliveries: Int)] {
        var ready: [(stored: StoredMessage, deliveries: Int)] = []
        while held.count < limit, let (stored, deliveries) = backlog.popFirst() {
            waiting.remove(stored.id)
            held[stored.id] = deliveries
            ready.append((stored, deliveries))
        }
        return ready
    }

    /// A delivery begins to be settled; its place is free. A later delivery of the same message keeps its own. False
    /// when it was not held any more.
    @discardableResult
    mutating func beginSettling(_ id: StreamID, deliveries: Int) -> Bool {
        settling[id, default: 0] += 1
        guard held[id] == deliveries else { return false }
        held[id] = nil
        return true
    }

    /// The server settled all up to an id.
    mutating func settleAll(through id: StreamID) {
        for known in held.keys where known <= id { held[known] = nil }
    }

    /// The server answered.
    mutating func endSettling(_ id: StreamID) {
        guard let count = settling[id] else { return }
        settling[id] = count > 1 ? count - 1 : nil
    }

    /// The server says that somebody else has it.
    mutating func lose(_ id: StreamID, deliveries: Int) {
        if held[id] == deliveries { held[id] = nil }
    }

    /// Given back without having been begun.
    mutating func forget(_ id: StreamID) { held[id] = nil }

    mutating func takeBacklog() -> [StreamID] {
        waiting.removeAll()
        return backlog.removeAll().map(\.0.id)
    }
}
