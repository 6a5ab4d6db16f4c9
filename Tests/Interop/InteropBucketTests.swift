import Foundation
import MessageBus
import TestSupport
import Testing

@Suite struct InteropBucketTests {
    private static func open(_ bus: any MessageBus, _ peer: PythonPeer, history: Int = 5) async throws
        -> any KeyValueBucket
    {
        try await peer.run(PeerCommand("bucket") { ($0.name, $0.maximum) = ("SHOPS", history) })
        let store = try #require(bus as? any KeyValueStore)
        return try #require(try await store.keyValue(bucket: "SHOPS"))
    }

    private static func verb(_ verb: String, _ key: String, _ value: [UInt8] = [], _ condition: String? = nil)
        -> PeerCommand
    {
        PeerCommand(verb) { command in
            (command.name, command.subject, command.body, command.reason) = ("SHOPS", key, Data(value), condition)
        }
    }

    @Test func `a value of one is the other's, byte for byte, with one revision`() async throws {
        try await InteropWorld.with { bus, peer in
            let bucket = try await Self.open(bus, peer)
            let binary = (0..<600).map { UInt8(truncatingIfNeeded: $0) }
            let first = try await bucket.put("a.b", binary)
            let read = try await peer.run(Self.verb("get", "a.b"))
            #expect(read.body == Data(binary))
            #expect(read.place == first.description)

            let second = try await peer.run(Self.verb("put", "a.b", Array("ä \r\n".utf8)))
            let entry = try #require(try await bucket.get("a.b"))
            #expect(entry.value == Array("ä \r\n".utf8))
            #expect(entry.revision.description == second.place)
            #expect(try await bucket.history(of: "a.b").map(\.value) == [binary, Array("ä \r\n".utf8)])
            #expect(try await peer.run(Self.verb("history", "a.b")).count == 2)
            #expect(try await bucket.keys() == ["a.b"])
        }
    }

    @Test func `create and update hold against the other`() async throws {
        try await InteropWorld.with { bus, peer in
            let bucket = try await Self.open(bus, peer)
            let first = try await bucket.create("k", [1])
            #expect(try await peer.refusal(of: Self.verb("put", "k", [2], "absent")) == "keyExists")
            #expect(try await peer.refusal(of: Self.verb("put", "k", [2], "0-0")) == "wrongRevision")
            let second = try await peer.run(Self.verb("put", "k", [2], first.description))
            let place = try #require(second.place.flatMap { StreamID($0) })
            do {
                _ = try await bucket.update("k", [3], expecting: first)
                Issue.record("updated in spite of its revision")
            } catch let error as BusError {
                #expect(error.code == .wrongRevision(place))
            }
            try await peer.run(Self.verb("delete", "k"))
            #expect(try await bucket.get("k") == nil)
            try await bucket.create("k", [4])
            try await peer.run(Self.verb("purge", "k"))
            #expect(try await bucket.history(of: "k").isEmpty)
            #expect(try await peer.refusal(of: Self.verb("put", "a..b")) == "invalidKey")
        }
    }

    @Test func `both watch what both change`() async throws {
        try await InteropWorld.with { bus, peer in
            let bucket = try await Self.open(bus, peer)
            try await bucket.put("one", [1])
            try await peer.run(Self.verb("put", "two", [2]))
            let swift = BusProbe(try await bucket.watch())
            try await peer.run(Self.verb("watch", ""))
            try await bucket.put("one", [3])
            try await peer.run(Self.verb("delete", "two"))
            try await peer.run(Self.verb("purge", "one"))

            let told = try await swift.first(6).map { update in
                switch update {
                case .entry(let entry): "\(entry.key) \(entry.operation.rawValue) \(entry.value) \(entry.revision)"
                case .initialValuesDone: "done"
                }
            }
            let heard = try await peer.first(6, of: "SHOPS").map { word in
                guard let key = word.subject else { return "done" }
                return "\(key) \(word.reason ?? "") \(Array(word.body ?? Data())) \(word.place ?? "")"
            }
            #expect(told == heard)
            #expect(told[2] == "done")
        }
    }
}
