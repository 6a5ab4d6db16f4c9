import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

@Suite struct BusContractKeyValueWatchTests {
    @Test(arguments: BusKind.allCases)
    func `a watcher is told what is there, then that this was all, then every change`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let configuration = try KeyValueConfiguration(bucket: "watched")
            let here = try await BusContractKeyValueTests.store(cell).keyValue(configuration)
            let there = try await BusContractKeyValueTests.store(cell).keyValue(configuration)
            for (key, value) in [("b", 1), ("a", 2), ("c", 3), ("b", 4)] as [(String, UInt8)] {
                try await here.put(key, [value])
            }
            try await here.delete("c")

            let watch = BusProbe(try await there.watch())
            _ = try await watch.first(3)
            try await here.put("d", [5])
            try await here.delete("a")
            try await here.purge("b")

            let told = try await watch.first(6).map(Self.text)
            #expect(told == ["a PUT [2]", "b PUT [4]", "all", "d PUT [5]", "a DEL []", "b PURGE []"])
            watch.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a watcher of some keys is told of these only`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bucket = try await BusContractKeyValueTests.store(cell).keyValue(KeyValueConfiguration(bucket: "some"))
            try await bucket.put("stores.one", [1])
            try await bucket.put("users.one", [2])

            let watch = BusProbe(try await bucket.watch(SubjectFilter("stores.*")))
            try await bucket.put("users.two", [3])
            try await bucket.put("stores.two", [4])

            #expect(
                try await watch.first(3).map(Self.text) == ["stores.one PUT [1]", "all", "stores.two PUT [4]"]
            )
            let empty = BusProbe(try await bucket.watch(SubjectFilter("nothing")))
            let last = try await bucket.status().lastRevision
            #expect(try await empty.first(1) == [.initialValuesDone(last)])
            watch.cancel()
            empty.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `watches begun while others write have no gap and nothing twice`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let configuration = try KeyValueConfiguration(bucket: "busy")
            let writer = try await BusContractKeyValueTests.store(cell).keyValue(configuration)
            let reader = try await BusContractKeyValueTests.store(cell).keyValue(configuration)
            let writing = Task {
                for number in 0..<600 { try await writer.put("k\(number % 7)", Array("\(number)".utf8)) }
            }
            var watches: [BusProbe<KeyValueUpdate>] = []
            for _ in 0..<8 { watches.append(BusProbe(try await reader.watch())) }
            try await writing.value

            for watch in watches {
                // A watch that began after the last write ends with the snapshot.
                try await eventually {
                    let values = watch.values
                    let told = values.suffix(2).contains {
                        if case .entry(let entry) = $0 { entry.value == Array("599".utf8) } else { false }
                    }
                    return told && values.contains { if case .initialValuesDone = $0 { true } else { false } }
                }
                let values = watch.values
                let end = try #require(
                    values.firstIndex { if case .initialValuesDone = $0 { true } else { false } }
                )
                let entries = values.compactMap { if case .entry(let entry) = $0 { entry } else { nil } }
                #expect(entries.map(\.revision) == Set(entries.map(\.revision)).sorted())
                // All that came after the snapshot, without a hole.
                let live = try entries[end...].map {
                    try #require(Int(String(decoding: $0.value, as: UTF8.self)))
                }
                #expect(live == Array((600 - live.count)..<600))
                // The snapshot ends where the live part begins.
                if live.count < 600, live.count > 0 {
                    #expect(entries[..<end].last?.value == Array("\(600 - live.count - 1)".utf8))
                }
                watch.cancel()
            }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a cancelled watch and a drained bus end it`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let store = try #require(bus as? any KeyValueStore)
            let bucket = try await store.keyValue(KeyValueConfiguration(bucket: "ending"))
            let (one, two) = (BusProbe(try await bucket.watch()), BusProbe(try await bucket.watch()))
            _ = try await one.first(1)

            one.cancel()
            try await eventually { one.hasEnded }
            try await bucket.put("a", [1])
            _ = try await two.first(2)
            #expect(one.values.count == 1)
            await bus.drain(within: .milliseconds(200))

            try await eventually { two.hasEnded }
        }
    }

    @Test func `a watcher that lags too far behind is told the newest of each key`() async throws {
        try await BusContractCell.with(.redis) { cell in
            // The largest values make the shortest log: 64 changes.
            let configuration = try KeyValueConfiguration(bucket: "lag", maximumValueSize: BusMessage.maximumBodySize)
            let writer = try await BusContractKeyValueTests.store(cell).keyValue(configuration)
            let reader = try await BusContractKeyValueTests.store(cell).keyValue(configuration)
            for number in 0..<50 { try await writer.put("k\(number)", [0]) }
            let watch = try await reader.watch()

            // More than the watch's mailbox and the log hold together, while nobody takes from it.
            for round in 1...60 {
                try await withThrowingDiscardingTaskGroup { group in
                    for number in 0..<50 {
                        group.addTask { try await writer.put("k\(number)", [UInt8(round)]) }
                    }
                }
            }
            try await writer.purge("k7")
            try await writer.delete("k8")

            var state: [String: KeyValueEntry] = [:]
            var revisions: [String: StreamID] = [:]
            var count = 0
            for try await update in watch {
                guard case .entry(let entry) = update else { continue }
                count += 1
                #expect(revisions[entry.key] ?? .zero < entry.revision)
                revisions[entry.key] = entry.revision
                state[entry.key] = entry.operation == .put ? entry : nil
                if state.count == 48, state.values.allSatisfy({ $0.value == [60] }) { break }
            }
            #expect(Set(state.keys) == Set(try await writer.keys()))
            // Had nothing been dropped, this would have tested nothing.
            #expect(count < 50 + 3_000)
        }
    }

    private static func text(_ update: KeyValueUpdate) -> String {
        guard case .entry(let entry) = update else { return "all" }
        return "\(entry.key) \(entry.operation.rawValue) \(entry.value)"
    }
}
