import MessageBus
import TestSupport
import Testing

/// Ordered reading without a trace on the server, and the gaps it notices.
@Suite struct BusContractFollowTests {
    private typealias Fixture = BusContractFixture

    @Test(arguments: BusKind.allCases)
    func `a follower too slow for a stream is told how much it missed`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (
                try await Fixture.open(cell, .limits(maximumMessages: 100)),
                try await Fixture.open(cell, .limits(maximumMessages: 100))
            )
            let events = there.events()
            let sequence = try await there.follow("EVENTS", filters: [], from: .new)
            let ids = try await Fixture.fill(here, (0..<5_000).map { "n\($0)" })

            var (seen, missed, gaps): ([StreamID], Int, Int) = ([], 0, 0)
            for try await stored in sequence {
                if let gap = stored.gap {
                    gaps += 1
                    missed += try #require(gap.missed)
                }
                seen.append(stored.id)
                // What came, and what is known to be missing, is everything at any time.
                try #require(seen.count + missed <= ids.count)
                #expect(stored.id == ids[seen.count + missed - 1])
                if stored.id == ids.last { break }
            }

            #expect(seen.count + missed == 5_000 && gaps >= 1)
            #expect(seen == seen.sorted())
            var iterator = events.makeAsyncIterator()
            guard case .gap("EVENTS", let gap) = await iterator.next() else {
                Issue.record("no event of the gap")
                return
            }
            #expect((gap.missed ?? 0) > 0)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `following from a message that is gone says so`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 100))
            let ids = try await Fixture.fill(bus, (0..<450).map { "n\($0)" })
            let first = try #require(try await bus.stream("EVENTS").first)

            let lost = BusProbe(try await bus.follow("EVENTS", filters: [], from: .after(ids[3])))
            let whole = BusProbe(try await bus.follow("EVENTS", filters: [], from: .after(ids[430])))
            let oldest = BusProbe(try await bus.follow("EVENTS", filters: [], from: .after(.zero)))

            let expected = try await oldest.first(1)[0].with(StreamGap(missed: nil))
            #expect(try await lost.first(1)[0] == expected)
            #expect(oldest.values[0].id == first && oldest.values[0].gap == nil)
            #expect(try await whole.first(19).map(\.id) == Array(ids[431...]))
            #expect(whole.values.allSatisfy { $0.gap == nil })
            try await eventually { lost.values.count == oldest.values.count }
            #expect(lost.values.dropFirst().allSatisfy { $0.gap == nil })
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a follower that keeps up has no gap, whatever is trimmed behind it`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 100))
            let probe = BusProbe(
                try await bus.follow("EVENTS", filters: [try SubjectFilter("events.even.*")], from: .new)
            )
            for round in 0..<20 {
                let names = (0..<50).map { "\($0 % 2 == 0 ? "even" : "odd").\(round * 50 + $0)" }
                try await Fixture.fill(bus, names)
                _ = try await probe.first((round + 1) * 25)
            }

            #expect(probe.values.count == 500)
            #expect(probe.values.allSatisfy { $0.gap == nil })
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a follower that ends leaves nothing and takes nothing`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try await Fixture.open(cell, .limits(maximumMessages: 100))
            let probe = BusProbe(try await bus.follow("EVENTS", filters: [], from: .new))
            try await Fixture.fill(bus, ["a"])
            _ = try await probe.first(1)

            probe.cancel()
            try await eventually { probe.hasEnded }
            try await Fixture.fill(bus, ["b"])

            #expect(probe.values.count == 1)
            #expect(try await bus.stream("EVENTS").consumers == 0)
        }
    }
}

extension StoredMessage {
    fileprivate func with(_ gap: StreamGap?) -> StoredMessage { StoredMessage(id: id, message: message, gap: gap) }
}
