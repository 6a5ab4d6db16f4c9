/// One durable consumer in memory: its cursor, what is pending and with whom. Pure: time comes in.
struct MemoryConsumer {
    struct Pending {
        var deliveries: Int
        /// The member that holds it; nil when it was given back.
        var holder: Int?
        /// When it comes again.
        var due: UInt64
    }

    struct Member {
        let instance: String
        let hand: @Sendable (StoredMessage, Int) -> Void
        let finish: @Sendable () -> Void
    }

    var configuration: ConsumerConfiguration
    var cursor: StreamID
    private(set) var pending: [StreamID: Pending] = [:]
    private(set) var members: [Int: Member] = [:]

    /// `snapshot` is delivered before anything else.
    init(_ configuration: ConsumerConfiguration, after start: StreamID, snapshot: [StreamID] = []) {
        self.configuration = configuration
        cursor = start
        for id in snapshot { pending[id] = Pending(deliveries: 0, holder: nil, due: 0) }
    }

    /// The same consumer with the same members, which has forgotten everything.
    func again(after start: StreamID) -> MemoryConsumer {
        var fresh = MemoryConsumer(configuration, after: start)
        fresh.members = members
        return fresh
    }

    mutating func join(_ key: Int, _ member: Member) { members[key] = member }

    func memberWithRoom() -> Int? {
        members.keys
            .map { key in (key, held(by: key)) }
            .filter { $0.1 < configuration.maximumInFlight }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    func held(by key: Int) -> Int { pending.values.count { $0.holder == key } }

    /// Given back with a delay that is not over.
    func waiting(now: UInt64) -> Int { pending.values.count { $0.holder == nil && $0.due > now } }

    /// Whether one more may be delivered for the first time.
    func takesNew(now: UInt64) -> Bool {
        guard let limit = configuration.maximumAcknowledgePending else { return true }
        return pending.count - waiting(now: now) < limit
    }

    func exhausted(now: UInt64) -> [(StreamID, Int)] {
        guard configuration.maximumDeliveries > 0 else { return [] }
        return pending.filter { $0.value.due <= now && $0.value.deliveries >= configuration.maximumDeliveries }
            .map { ($0.key, $0.value.deliveries) }
            .sorted { $0.0 < $1.0 }
    }

    func nextRedelivery(now: UInt64) -> (StreamID, Int)? {
        pending.filter { $0.value.due <= now }.min { $0.key < $1.key }.map { ($0.key, $0.value.deliveries + 1) }
    }

    mutating func hand(_ stored: StoredMessage, to key: Int, deliveries: Int, now: UInt64) {
        pending[stored.id] = Pending(deliveries: deliveries, holder: key, due: now + wait(deliveries))
        members[key]?.hand(stored, deliveries)
    }

    mutating func forget(_ id: StreamID) { pending[id] = nil }

    func holds(_ id: StreamID, _ key: Int, deliveries: Int) -> Bool {
        pending[id].map { $0.holder == key && $0.deliveries == deliveries } ?? false
    }

    mutating func giveBack(_ id: StreamID, due: UInt64) {
        pending[id]?.holder = nil
        pending[id]?.due = due
    }

    mutating func renew(_ id: StreamID, now: UInt64) {
        guard let deliveries = pending[id]?.deliveries else { return }
        let due = now + wait(deliveries)
        pending[id]?.due = due
    }

    /// A member that stops reading keeps what it holds until the acknowledge wait is over.
    mutating func leave(_ key: Int) { members.removeValue(forKey: key)?.finish() }

    /// A member that drains gives everything back at once.
    mutating func leave(instance: String, now: UInt64) {
        for (key, member) in members where member.instance == instance {
            for id in pending.keys where pending[id]?.holder == key { giveBack(id, due: now) }
            members[key] = nil
            member.finish()
        }
    }

    private func wait(_ deliveries: Int) -> UInt64 {
        configuration.silence(deliveries: deliveries).wholeMilliseconds
    }
}
