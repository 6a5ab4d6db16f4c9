import Foundation
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

@Suite struct BusContractKeyValueTests {
    /// A process' bus that keeps keys and values.
    static func store(_ cell: BusContractCell) throws -> any KeyValueStore {
        try #require(try cell.makeBus() as? any KeyValueStore)
    }

    @Test(arguments: BusKind.allCases)
    func `what is put is got, by every process, with growing revisions`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let configuration = try KeyValueConfiguration(bucket: "things")
            let here = try await Self.store(cell).keyValue(configuration)
            let there = try await Self.store(cell).keyValue(configuration)
            let bytes = Array(UInt8(0)...255) + Array(" \r\n PUT 1-1 ".utf8)

            #expect(try await here.get("a") == nil)
            let first = try await here.put("a", [1])
            let second = try await there.put("a", bytes)
            let third = try await here.put("b/c=d.e_f-G", [])

            #expect(first < second)
            #expect(second < third)
            let entry = KeyValueEntry(key: "a", value: bytes, revision: second, operation: .put)
            #expect(try await here.get("a") == entry)
            #expect(try await there.get("b/c=d.e_f-G")?.value == [])
            #expect(try await there.keys() == ["a", "b/c=d.e_f-G"])
            let status = try await here.status()
            #expect(status.keys == 2)
            #expect(status.lastRevision == third)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a key is created once, and again after it was deleted or purged`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bucket = try await Self.store(cell).keyValue(KeyValueConfiguration(bucket: "locks"))

            let first = try await bucket.create("a", [1])
            let error = await #expect(throws: BusError.self) { try await bucket.create("a", [2]) }
            #expect(error?.code == .keyExists(first))
            #expect(error?.isRetryable == false)

            try await bucket.delete("a")
            #expect(try await bucket.get("a") == nil)
            try await bucket.create("a", [3])
            try await bucket.purge("a")
            try await bucket.create("a", [4])

            #expect(try await bucket.get("a")?.value == [4])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a value advances to later versions only, however late and often others come`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bucket = try await Self.store(cell).keyValue(KeyValueConfiguration(bucket: "versions"))
            func advance(_ text: String) async throws -> StreamID? {
                try await bucket.advance("a", Array(text.utf8), timeToLive: nil)
            }

            let first = try await advance("9 nine")
            #expect(try await advance("10 ten") != nil)
            #expect(try await advance("9 nine") == nil)
            #expect(try await advance("10 ten") == nil)
            // The same version in another shape: who wrote it knows more.
            let last = try #require(try await advance("10 TEN"))
            #expect(String(decoding: try #require(await bucket.get("a")).value, as: UTF8.self) == "10 TEN")
            #expect(try await bucket.place(of: "a") == KeyValuePlace(last: last, key: last))
            #expect(try #require(first) < last)

            let end = try await bucket.delete("a")
            #expect(try await bucket.place(of: "a") == KeyValuePlace(last: end, key: end))
            #expect(try await advance("1 one") != nil)
            let gone = try await bucket.purge("a")
            #expect(try await bucket.place(of: "a") == KeyValuePlace(last: gone, key: nil))

            for text in ["", "ten", "10", "9007199254740992 x", "123456789012345678901 x", "-1 x"] {
                let error = await #expect(throws: BusError.self) { try await advance(text) }
                #expect(error?.code == .refused)
            }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `many at once leave the latest version`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bucket = try await Self.store(cell).keyValue(KeyValueConfiguration(bucket: "race"))

            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in (1...200).shuffled() {
                    group.addTask { try await bucket.advance("a", Array("\(number) x".utf8), timeToLive: nil) }
                }
                try await group.waitForAll()
            }

            #expect(try await bucket.get("a")?.value == Array("200 x".utf8))
        }
    }

    @Test(arguments: BusKind.allCases)
    func `only one of many creates a key`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let configuration = try KeyValueConfiguration(bucket: "race")
            let buckets = [
                try await Self.store(cell).keyValue(configuration), try await Self.store(cell).keyValue(configuration),
            ]

            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in UInt8(0)..<50 {
                    group.addTask {
                        do {
                            try await buckets[Int(number) % 2].create("key", [number])
                            return true
                        } catch let error as BusError {
                            guard case .keyExists = error.code else { throw error }
                            return false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }

            #expect(winners == 1)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `an update needs the last revision, a deletion's too`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bucket = try await Self.store(cell).keyValue(KeyValueConfiguration(bucket: "cas"))

            let first = try await bucket.update("a", [1], expecting: .zero)
            let second = try await bucket.update("a", [2], expecting: first)
            let stale = await #expect(throws: BusError.self) { try await bucket.update("a", [3], expecting: first) }
            #expect(stale?.code == .wrongRevision(second))
            let wrong = await #expect(throws: BusError.self) { try await bucket.delete("a", expecting: first) }
            #expect(wrong?.code == .wrongRevision(second))
            let deleted = try await bucket.delete("a", expecting: second)
            let third = try await bucket.update("a", [4], expecting: deleted)
            let purged = try await bucket.purge("a")
            #expect(third < purged)
            let gone = await #expect(throws: BusError.self) { try await bucket.update("a", [5], expecting: third) }
            #expect(gone?.code == .wrongRevision(.zero))
            try await bucket.update("a", [6], expecting: .zero)

            #expect(try await bucket.get("a")?.value == [6])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `counting by update loses nothing`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let configuration = try KeyValueConfiguration(bucket: "counter")
            let buckets = [
                try await Self.store(cell).keyValue(configuration), try await Self.store(cell).keyValue(configuration),
            ]

            try await withThrowingDiscardingTaskGroup { group in
                for worker in 0..<8 {
                    group.addTask {
                        let bucket = buckets[worker % 2]
                        var left = 10
                        while left > 0 {
                            let now = try await bucket.get("n")
                            do {
                                let next = [(now?.value.first ?? 0) + 1]
                                try await bucket.update("n", next, expecting: now?.revision ?? .zero)
                                left -= 1
                            } catch let error as BusError {
                                guard case .wrongRevision = error.code else { throw error }
                            }
                        }
                    }
                }
            }

            #expect(try await buckets[0].get("n")?.value == [80])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `history keeps so many values of each key, deletions included, until it is purged`(
        kind: BusKind
    ) async throws {
        try await BusContractCell.with(kind) { cell in
            let bucket = try await Self.store(cell).keyValue(KeyValueConfiguration(bucket: "past", history: 3))

            for number in UInt8(1)...4 { try await bucket.put("a", [number]) }
            try await bucket.put("b", [9])
            try await bucket.delete("a")

            let history = try await bucket.history(of: "a")
            #expect(history.map(\.value) == [[3], [4], []])
            #expect(history.map(\.operation) == [.put, .put, .delete])
            #expect(history.map(\.revision) == history.map(\.revision).sorted())
            #expect(try await bucket.history(of: "b").map(\.value) == [[9]])
            #expect(try await bucket.keys() == ["b"])
            try await bucket.purge("a")
            #expect(try await bucket.history(of: "a").isEmpty)
            #expect(try await bucket.history(of: "nothing").isEmpty)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a value lives for its time and can be created again afterwards`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let brief = try KeyValueConfiguration(bucket: "brief", timeToLive: .milliseconds(400))
            let bucket = try await Self.store(cell).keyValue(brief)
            let watch = BusProbe(try await bucket.watch())

            try await bucket.put("a", [1])
            try await bucket.put("long", [2], timeToLive: .seconds(600))
            #expect(try await bucket.get("a")?.value == [1])
            try await eventually { try await bucket.get("a") == nil }

            #expect(try await bucket.keys() == ["long"])
            // Watchers are told, although nobody writes.
            let told = try await watch.first(4)
            guard case .entry(let last) = told[3] else { throw TestError(told) }
            #expect((last.key, last.operation) == ("a", .purge))
            try await bucket.create("a", [3])
            #expect(try await bucket.get("long")?.value == [2])
            watch.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `names, keys and values that break the rules are refused`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let store = try Self.store(cell)
            for name in ["", "a.b", "a b", "ä", "{a}", "a:b", String(repeating: "a", count: 49)] {
                let error = #expect(throws: BusError.self) { try KeyValueConfiguration(bucket: name) }
                #expect(error?.code == .invalidKey)
            }
            #expect(throws: BusError.self) { try KeyValueConfiguration(bucket: "a", history: 65) }
            #expect(throws: BusError.self) { try KeyValueConfiguration(bucket: "a", history: 0) }
            let bucket = try await store.keyValue(KeyValueConfiguration(bucket: "rules", maximumValueSize: 10))

            let keys = [
                "", ".a", "a.", "a..b", "a*", ">", "a b", "ä", "a:b", "a\r\nb", String(repeating: "k", count: 201),
            ]
            for key in keys {
                for verb: @Sendable () async throws -> Void in [
                    { _ = try await bucket.get(key) }, { try await bucket.put(key, []) },
                    { try await bucket.create(key, []) }, { try await bucket.update(key, [], expecting: .zero) },
                    { try await bucket.delete(key) }, { try await bucket.purge(key) },
                    { _ = try await bucket.history(of: key) },
                ] {
                    let error = await #expect(throws: BusError.self) { try await verb() }
                    #expect(error?.code == .invalidKey, "\(key)")
                }
            }
            try await bucket.put("a", [UInt8](repeating: 0, count: 10))
            let large = await #expect(throws: BusError.self) {
                try await bucket.put("a", [UInt8](repeating: 0, count: 11))
            }
            #expect(large?.code == .messageTooLarge)
            #expect(try await bucket.status().keys == 1)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `buckets are apart, and found as they were declared`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try Self.store(cell), try Self.store(cell))
            let declared = try KeyValueConfiguration(
                bucket: "second",
                history: 7,
                maximumValueSize: 99,
                timeToLive: .seconds(77)
            )
            try await here.keyValue(KeyValueConfiguration(bucket: "first")).put("a", [1])
            try await here.keyValue(declared).put("a", [2])

            #expect(try await there.keyValueBuckets() == ["first", "second"])
            #expect(try await there.keyValue(bucket: "third") == nil)
            let second = try #require(try await there.keyValue(bucket: "second"))
            #expect(second.configuration == declared)
            #expect(try await second.get("a")?.value == [2])
            #expect(try await there.keyValue(bucket: "first")?.get("a")?.value == [1])
        }
    }
}

struct TestError: Error, CustomStringConvertible {
    let description: String
    init(_ what: Any) { description = "unexpected: \(what)" }
}
