import MessageBus

/// What one stream and one consumer of it must be like: the log, what is pending and until when, what died. Pure.
struct ModelState {
    /// What happened is not what must happen.
    struct Mismatch: Error, CustomStringConvertible {
        let description: String
    }

    struct Pending {
        var deliveries: Int
        /// Nil once it was given back.
        var member: Int?
        /// When it comes again.
        var due: Int
    }

    private let settings: ModelSettings
    private let knowsDeath: Bool
    private(set) var now = 0
    /// Everything ever stored, oldest first, and how much of it was delivered.
    private(set) var stored: [StreamID] = []
    private(set) var delivered = 0
    private(set) var pending: [StreamID: Pending] = [:]
    private var gone: Set<StreamID> = []
    private var dead: [ModelAudit.DeadLetter: Int] = [:]
    private var messageIDs: [String: StreamID] = [:]
    private var killed: Set<Int> = []

    init(_ settings: ModelSettings, knowsDeath: Bool) {
        self.settings = settings
        self.knowsDeath = knowsDeath
    }

    mutating func append(_ messageID: String?, _ answer: (id: StreamID, isDuplicate: Bool)) throws {
        if let messageID, let known = messageIDs[messageID] {
            return try expect(answer == (known, true), "\(messageID) was stored as \(known), answered \(answer)")
        }
        try expect(!answer.isDuplicate, "a new message taken for a duplicate")
        try store(answer.id)
        if let messageID { messageIDs[messageID] = answer.id }
    }

    private mutating func store(_ id: StreamID) throws {
        try expect(stored.last.map { $0 < id } ?? true, "\(id) does not follow \(stored.last ?? .zero)")
        stored.append(id)
    }

    /// What must come again now to this member.
    private func isDue(_ item: Pending, to member: Int) -> Bool {
        if item.due <= now { return true }
        guard knowsDeath, let holder = item.member else { return false }
        return holder != member && killed.contains(holder)
    }

    /// `buried`: what the audit found to have died meanwhile.
    mutating func take(
        _ member: Int,
        _ count: Int,
        again: [ModelDelivery],
        new: [ModelDelivery],
        buried: Set<StreamID>
    ) throws {
        let due = Set(pending.filter { isDue($0.value, to: member) }.keys)
        let came = Set(again.map(\.id))
        try expect(came.count == again.count, "a message came twice in one answer")
        try expect(came.union(buried).isSubset(of: due), "\(came.union(buried).subtracting(due)) came or died, not due")
        try expect(again.count <= count, "more than asked for")
        if again.count < count {
            try expect(
                came.union(buried) == due,
                "\(due.subtracting(came).subtracting(buried)) was due and did not come"
            )
        }
        for id in buried { try bury(id, reason: "max-deliver", exhausted: true) }
        for delivery in again {
            let before = pending[delivery.id]?.deliveries ?? 0
            try expect(delivery.deliveries == before + 1, "\(delivery) after \(before) deliveries")
            try expect(before < settings.maximumDeliveries, "\(delivery) should have died")
            hold(delivery)
        }
        try takeNew(member, new, room: count - again.count)
    }

    /// What died in passing: memory looks for it whenever something happens, Redis when somebody takes.
    mutating func absorb(_ buried: Set<StreamID>) throws {
        for id in buried {
            try expect(pending[id].map { isDue($0, to: -1) } ?? false, "\(id) died, not due")
            try bury(id, reason: "max-deliver", exhausted: true)
        }
    }

    private mutating func takeNew(_ member: Int, _ new: [ModelDelivery], room: Int) throws {
        var room = min(room, stored.count - delivered)
        if let limit = settings.limit {
            let waiting = pending.values.count { $0.member == nil && $0.due > now }
            room = min(room, max(0, limit - (pending.count - waiting)))
        }
        let expected = Array(stored[delivered..<delivered + room])
        try expect(new.map(\.id) == expected, "new: \(new.map(\.id)), expected \(expected)")
        try expect(new.allSatisfy { $0.deliveries == 1 }, "new, with a count: \(new)")
        delivered += room
        for delivery in new { hold(delivery) }
    }

    private mutating func hold(_ delivery: ModelDelivery) {
        pending[delivery.id] = Pending(
            deliveries: delivery.deliveries,
            member: delivery.member,
            due: now + ModelSettings.silence(delivery.deliveries)
        )
    }

    private mutating func bury(_ id: StreamID, reason: String, exhausted: Bool) throws {
        let deliveries = pending[id]?.deliveries ?? 0
        try expect(!exhausted || deliveries >= settings.maximumDeliveries, "\(id) died after \(deliveries) deliveries")
        finish(id)
        dead[.init(message: id, deliveries: deliveries, reason: reason), default: 0] += 1
    }

    private mutating func finish(_ id: StreamID) {
        pending[id] = nil
        gone.insert(id)
    }

    /// Whether this delivery is still its member's.
    func isHeld(_ delivery: ModelDelivery) -> Bool {
        pending[delivery.id].map { $0.member == delivery.member && $0.deliveries == delivery.deliveries } ?? false
    }

    mutating func settle(_ delivery: ModelDelivery, _ how: ModelOperation.Settling, _ answer: Int?) throws {
        let id = delivery.id
        let expected: Int
        switch how {
        case .ack, .ackSilently:
            expected = pending[id] == nil ? 0 : 1
            finish(id)
        case .ackAll:
            let all = pending.keys.filter { $0 <= id }
            expected = all.count
            for id in all { finish(id) }
        case .nak(let steps):
            expected = isHeld(delivery) ? 1 : 0
            if expected == 1 { giveBack(id, after: ModelSettings.delay(steps)) }
        case .term:
            expected = isHeld(delivery) ? 1 : 0
            if expected == 1 { try bury(id, reason: "enough", exhausted: false) }
        case .inProgress:
            expected = isHeld(delivery) ? 1 : 0
            if expected == 1 { pending[id]?.due = now + ModelSettings.silence(delivery.deliveries) }
        }
        guard let answer else { return }
        try expect(answer == expected, "\(how) of \(delivery) answered \(answer), expected \(expected)")
    }

    private mutating func giveBack(_ id: StreamID, after delay: Int) {
        pending[id]?.member = nil
        pending[id]?.due = now + delay
    }

    mutating func advance(milliseconds: Int) { now += milliseconds }

    mutating func kill(_ member: Int) { killed.insert(member) }

    mutating func drain(_ member: Int, uncounting: Bool) {
        for id in pending.keys where pending[id]?.member == member {
            if uncounting { pending[id]?.deliveries -= 1 }
            giveBack(id, after: 0)
        }
    }

    mutating func redrive(_ letter: ModelAudit.DeadLetter, _ id: StreamID) throws {
        dead[letter, default: 0] -= 1
        if dead[letter] == 0 { dead[letter] = nil }
        try store(id)
    }

    /// Compares everything: nothing is lost, nothing is anywhere it should not be, all counts are right.
    func compare(_ audit: ModelAudit) throws {
        let log = settings.isWorkQueue ? stored.filter { !gone.contains($0) } : stored
        try expect(audit.log == log, "log: \(audit.log), expected \(log)")
        let held = pending.mapValues { ModelAudit.Pending(member: $0.member, deliveries: $0.deliveries) }
        try expect(audit.pending == held, "pending: \(audit.pending), expected \(held)")
        let letters = audit.dead.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        try expect(letters == dead, "dead: \(letters), expected \(dead)")
    }

    private func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Mismatch(description: message()) }
    }
}
