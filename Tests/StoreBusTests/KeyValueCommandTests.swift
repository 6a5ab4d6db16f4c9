import MessageBus
import RedisStreams
import ServiceRuntime
import TestSupport
import Testing

@testable import StoreBus

@Suite struct KeyValueCommandTests {
    @Test func `values are put, shown, created once, changed by revision and deleted`() async throws {
        try await ToolHarness.with { harness in
            let none = await #expect(throws: ToolError.self) { try await harness.run("kv", "get", "prices", "tea") }
            #expect(none?.description == "no bucket prices")
            #expect(try await harness.run("kv", "ls").all == "no buckets\n")

            let first = try await harness.run("kv", "put", "prices", "tea", "3", "--make", "--json").json().first
            let revision = try #require(first?["revision"]?.stringValue)
            #expect(try await harness.run("kv", "get", "prices", "tea").all == "3\n")
            #expect(
                try await harness.run("kv", "get", "prices", "tea", "--json").json().first?["revision"]?.stringValue
                    == revision
            )
            let exists = await #expect(throws: BusError.self) {
                try await harness.run("kv", "create", "prices", "tea", "4")
            }
            #expect(exists?.isRetryable == false)
            try await harness.run("kv", "create", "prices", "cake", "-", input: "5")
            #expect(try await harness.run("kv", "ls", "prices").lines == ["cake", "tea"])

            let changed = try await harness.run("kv", "put", "prices", "tea", "6", "--revision", revision).lines
            #expect(changed.count == 1)
            await #expect(throws: BusError.self) {
                try await harness.run("kv", "put", "prices", "tea", "7", "--revision", revision)
            }
            try await harness.run("kv", "del", "prices", "cake")
            let gone = await #expect(throws: ToolError.self) { try await harness.run("kv", "get", "prices", "cake") }
            #expect(gone?.description == "bucket prices has no value for cake")
            let buckets = try await harness.run("kv", "ls", "--json").json()
            #expect(buckets.map { $0["bucket"] } == ["prices"])
            #expect(try await harness.run("kv", "ls").lines.dropFirst().first?.hasPrefix("prices ") == true)
            let wrong = await #expect(throws: BusError.self) {
                try await harness.run("kv", "put", "prices", "a b", "1")
            }
            #expect(wrong?.isRetryable == false)
        }
    }

    @Test func `watch shows what is there and then what changes, history what was`() async throws {
        try await ToolHarness.with { harness in
            let bucket = try await harness.bus.keyValue(KeyValueConfiguration(bucket: "prices", history: 5))
            try await bucket.put("tea", Array("1".utf8))
            try await bucket.put("tea", Array("2".utf8))

            try await harness.during("kv", "watch", "prices", "tea") { printed in
                try await eventually("what is there") { printed.lines.count == 2 }
                let lines = printed.lines
                #expect(lines.first?.hasSuffix("PUT  tea  2") == true)
                #expect(lines.last == "-- all that was there; from now on changes")
                try await harness.run("kv", "put", "prices", "cake", "9")
                try await harness.run("kv", "del", "prices", "tea")
                try await eventually("the change") { printed.lines.count == 3 }
                #expect(printed.lines.last?.hasSuffix("DEL  tea") == true)
            }
            let watched = try await harness.run("kv", "watch", "prices", "--count", "1", "--json").json()
            #expect(watched.first?["key"] == "cake")

            let history = try await harness.run("kv", "history", "prices", "tea", "--json").json()
            #expect(history.map { $0["operation"] } == ["PUT", "PUT", "DEL"])
            #expect(history.map { $0["value"] } == ["1", "2", nil])
            #expect(try await harness.run("kv", "history", "prices", "tea").lines.count == 3)
            try await harness.run("kv", "del", "prices", "tea", "--purge")
            let after = try await harness.run("kv", "history", "prices", "tea", "--json").json()
            #expect(!after.contains { $0["operation"] == "PUT" })
        }
    }
}
