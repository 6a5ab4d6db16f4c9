import MessageBus
import TestSupport
import Testing

/// Order and membership on the core plane.
@Suite struct BusContractSubscriptionTests {
    @Test(arguments: BusKind.allCases)
    func `what one publishes comes in its order, to every subscriber`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            let all = BusProbe(try await there.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))
            let some = BusProbe(try await here.subscribe(to: SubjectFilter("news.*.even"), queueGroup: nil))
            let bodies = (0..<500).map { Array("\($0)".utf8) }

            for (number, body) in bodies.enumerated() {
                let subject = try Subject("news.x.\(number % 2 == 0 ? "even" : "odd")")
                try await here.publish(BusMessage(subject: subject, body: body))
            }

            #expect(try await all.first(500).map(\.body) == bodies)
            #expect(try await some.first(250).map(\.body) == stride(from: 0, to: 500, by: 2).map { bodies[$0] })
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a queue group goes on with whoever is left, and loses nothing`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            let filter = try SubjectFilter("news.>")
            let staying = BusProbe(try await here.subscribe(to: filter, queueGroup: "g"))
            let leaving = BusProbe(try await there.subscribe(to: filter, queueGroup: "g"))
            let send = { (numbers: Range<Int>) in
                for number in numbers {
                    try await here.publish(BusMessage(subject: try Subject("news.x"), body: Array("\(number)".utf8)))
                }
            }
            try await send(0..<100)
            try await eventually { staying.values.count + leaving.values.count == 100 }

            leaving.cancel()
            try await eventually { leaving.hasEnded }
            try await send(100..<200)

            try await eventually { staying.values.count + leaving.values.count >= 200 }
            let bodies = (staying.values + leaving.values).map { String(decoding: $0.body, as: UTF8.self) }
            #expect(Set(bodies) == Set((0..<200).map(String.init)) && bodies.count == 200)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a plain subscriber and groups each get their own share`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let filter = try SubjectFilter("news.>")
            let plain = BusProbe(try await bus.subscribe(to: filter, queueGroup: nil))
            let one = BusProbe(try await bus.subscribe(to: filter, queueGroup: "one"))
            let two = BusProbe(try await bus.subscribe(to: filter, queueGroup: "one"))
            let other = BusProbe(try await bus.subscribe(to: filter, queueGroup: "two"))

            for _ in 0..<50 { try await bus.publish(BusMessage(subject: try Subject("news.x"))) }

            _ = try await (plain.first(50), other.first(50))
            try await eventually { one.values.count + two.values.count == 50 }
            #expect(!one.values.isEmpty && !two.values.isEmpty)
        }
    }
}
