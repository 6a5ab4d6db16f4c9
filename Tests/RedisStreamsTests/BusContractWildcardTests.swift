import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

@Suite struct BusContractWildcardTests {
    @Test(arguments: BusKind.allCases)
    func `a leading wildcard sees the messages of all logs, old and new ones, each once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            let early = BusProbe(try await there.subscribe(to: SubjectFilter("known.>"), queueGroup: nil))
            try await here.publish(BusMessage(subject: Subject("known.before")))
            _ = try await early.first(1)

            let all = BusProbe(try await there.subscribe(to: SubjectFilter(">"), queueGroup: nil))
            let some = BusProbe(try await there.subscribe(to: SubjectFilter("*.x"), queueGroup: nil))
            for subject in ["known.x", "fresh.x", "fresh.y", "$SRV.PING", "known.x.y"] {
                try await here.publish(BusMessage(subject: Subject(subject)))
            }
            // One that this process begins to read before the next look for new logs, and after the message.
            try await here.publish(BusMessage(subject: Subject("sudden.one")))
            let sudden = BusProbe(try await there.subscribe(to: SubjectFilter("sudden.>"), queueGroup: nil))
            try await here.publish(BusMessage(subject: Subject("sudden.x")))

            let expected = ["$SRV.PING", "fresh.x", "fresh.y", "known.x", "known.x.y", "sudden.one", "sudden.x"]
            #expect(try await all.first(7).map(\.subject.description).sorted() == expected)
            #expect(try await some.first(3).map(\.subject.description).sorted() == ["fresh.x", "known.x", "sudden.x"])
            // The first may have been on its way when the subscription began.
            try await eventually { sudden.values.last?.subject.description == "sudden.x" }
            // A second round tells that nothing came twice meanwhile.
            try await here.publish(BusMessage(subject: Subject("fresh.end")))
            #expect(try await all.first(8).map(\.subject.description).last == "fresh.end")
            #expect(some.values.count == 3)
            for probe in [all, some, sudden, early] { probe.cancel() }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a cancelled leading wildcard ends, and others stay`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let exact = BusProbe(try await bus.subscribe(to: SubjectFilter("a.b"), queueGroup: nil))
            let all = BusProbe(try await bus.subscribe(to: SubjectFilter(">"), queueGroup: nil))
            try await bus.publish(BusMessage(subject: Subject("a.b"), body: [1]))
            _ = try await all.first(1)

            all.cancel()
            try await eventually { all.hasEnded }
            try await bus.publish(BusMessage(subject: Subject("a.b"), body: [2]))

            #expect(try await exact.first(2).map(\.body) == [[1], [2]])
            #expect(all.values.count == 1)
            exact.cancel()
        }
    }

    @Test func `answers are nobody else's, not even a leading wildcard's`() async throws {
        for kind in BusKind.allCases {
            try await BusContractCell.with(kind) { cell in
                let bus = try cell.makeBus()
                let all = BusProbe(try await bus.subscribe(to: SubjectFilter(">"), queueGroup: nil))
                try await bus.publish(BusMessage(subject: Subject("_INBOX.\(bus.instance).4711")))
                try await bus.publish(BusMessage(subject: Subject("a.b")))

                #expect(try await all.first(1).map(\.subject.description) == ["a.b"])
                all.cancel()
            }
        }
    }

    @Test func `a queue group with a leading wildcard is refused by Redis`() async throws {
        try await BusContractCell.with(.redis) { cell in
            let bus = try cell.makeBus()

            let error = await #expect(throws: BusError.self) {
                try await bus.subscribe(to: SubjectFilter("*.x"), queueGroup: "group")
            }

            #expect(error?.code == .invalidSubject)
        }
    }
}
