import MessageBus
import Testing

@testable import RedisStreams

@Suite struct RedisStructuresTests {
    @Test func `timers come due in the order of their times, cancelled ones never`() {
        var heap = TimerHeap<String>()
        var ids: [String: UInt64] = [:]
        for (name, due) in [("d", 40), ("a", 10), ("c", 30), ("b", 20), ("e", 50)] as [(String, UInt64)] {
            ids[name] = heap.insert(due: due, name)
        }
        if let id = ids["b"] { heap.cancel(id) }

        let due = heap.nextDue()
        #expect(due == 10)
        let early = heap.popDue(now: 9)
        #expect(early == nil)
        var seen: [String] = []
        while let job = heap.popDue(now: 45) { seen.append(job) }
        #expect(seen == ["a", "c", "d"])
        #expect(heap.count == 1)
    }

    @Test func `a timer heap forgets cancelled timers in time`() {
        var heap = TimerHeap<Int>()
        for round in 0..<10_000 {
            let id = heap.insert(due: UInt64(round), round)
            if round % 100 != 0 { heap.cancel(id) }
        }

        var seen: [Int] = []
        while let job = heap.popDue(now: .max) { seen.append(job) }
        #expect(seen == stride(from: 0, to: 10_000, by: 100).map { $0 })
    }

    @Test func `a queue keeps its order through any mixture`() {
        var queue = FIFO<Int>()
        var (next, expected) = (0, 0)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            if queue.isEmpty || UInt8.random(in: 0...255, using: &random) < 140 {
                queue.append(next)
                next += 1
            } else {
                let popped = queue.popFirst()
                #expect(popped == expected)
                expected += 1
            }
        }
        #expect(queue.count == next - expected)
        let rest = queue.removeAll()
        #expect(rest == Array(expected..<next))
    }

    private func info(added: Int, length: Int, first: String?, last: String) -> [String: RESPValue] {
        var fields: [String: RESPValue] = [
            "entries-added": .integer(Int64(added)), "length": .integer(Int64(length)),
            "last-generated-id": .bytes(Array(last.utf8)),
        ]
        if let first { fields["first-entry"] = .array([.bytes(Array(first.utf8)), .null]) }
        return fields
    }

    @Test func `a cursor that was at the end knows exactly what was trimmed before it`() {
        var position = StreamPosition()
        let cursor = StreamID(milliseconds: 5, sequence: 0)

        let atEnd = position.compare(info(added: 5, length: 5, first: "1-0", last: "5-0"), cursor: cursor)
        #expect(atEnd == nil)
        let behind = position.compare(info(added: 9, length: 5, first: "5-0", last: "9-0"), cursor: cursor)
        #expect(behind == nil)
        let caughtUp = position.compare(info(added: 9, length: 4, first: "6-0", last: "9-0"), cursor: cursor)
        #expect(caughtUp == nil)
        let missed = position.compare(info(added: 9, length: 2, first: "8-0", last: "9-0"), cursor: cursor)
        #expect(missed == .init(count: 2))
    }

    @Test func `a cursor from elsewhere notices a possible gap`() {
        var position = StreamPosition()
        let cursor = StreamID(milliseconds: 5, sequence: 0)

        let missed = position.compare(info(added: 9, length: 2, first: "8-0", last: "9-0"), cursor: cursor)
        #expect(missed == .init(count: nil))
        let again = position.compare(info(added: 9, length: 2, first: "8-0", last: "9-0"), cursor: cursor)
        #expect(again == nil)
    }

    private func stored(_ number: UInt64) throws -> StoredMessage {
        StoredMessage(
            id: StreamID(milliseconds: number, sequence: 0),
            message: BusMessage(subject: try Subject("a.b"))
        )
    }

    @Test func `a ledger hands out no more than its limit and the rest in order`() throws {
        var ledger = DeliveryLedger(limit: 2)
        let all = try (1...4).map { try stored(UInt64($0)) }

        let admitted = all.map { ledger.admit($0, deliveries: 1) }
        #expect(admitted == [true, true, false, false])
        #expect(ledger.room == 0)
        #expect(all.allSatisfy { ledger.knows($0.id) })
        ledger.beginSettling(all[0].id, deliveries: 1)
        let ready = ledger.nextReady().map(\.0.id)
        #expect(ready == [all[2].id])
        #expect(ledger.knows(all[0].id))
        ledger.endSettling(all[0].id)
        #expect(!ledger.knows(all[0].id))
        let backlog = ledger.takeBacklog()
        #expect(backlog == [all[3].id])
    }

    @Test func `settling an old delivery leaves the new one held`() throws {
        var ledger = DeliveryLedger(limit: 1)
        let message = try stored(1)
        let first = ledger.admit(message, deliveries: 1)
        #expect(first)
        let second = ledger.admit(message, deliveries: 2)
        #expect(second)

        ledger.beginSettling(message.id, deliveries: 1)
        ledger.endSettling(message.id)

        #expect(ledger.room == 0)
        ledger.lose(message.id, deliveries: 2)
        #expect(ledger.isEmpty)
    }
}
