import Console
import Foundation
import MessageBus
import RedisStreams
import ServiceRuntime
import TestSupport
import Testing

@testable import StoreBus

@Suite struct StreamCommandTests {
    @Test func `streams and consumers tell what there is`() async throws {
        try await ToolHarness.with { harness in
            #expect(try await harness.run("streams").all == "no streams\n")
            try await harness.refusing("no", ["events.a", "events.b"])
            let held = BusProbe(
                try await harness.bus.consume(ConsumerConfiguration(stream: "EVENTS", durable: "holder"))
            )
            _ = try await harness.bus.append(BusMessage(subject: try Subject("events.c")), to: "EVENTS")
            _ = try await held.first(1)

            let lines = try await harness.run("streams").lines
            try #require(lines.count == 2)
            #expect(lines[0].hasPrefix("STREAM  SUBJECTS  RETENTION   MESSAGES"))
            #expect(lines[1].hasPrefix("EVENTS  events.>  work queue"))
            let stream = try #require(try await harness.run("streams", "--json").json().first)
            #expect(stream["name"] == "EVENTS")
            #expect(stream["deadLetters"] == 2)
            #expect(stream["messages"] == 1)
            #expect(stream["consumers"] == 2)

            let consumers = try await harness.run("consumers", "EVENTS", "--json").json()
            #expect(consumers.map { $0["name"] } == ["holder", "worker"])
            let holder = try #require(consumers.first)
            #expect(holder["pending"] == 1)
            #expect(holder.at("members.0.live") == true)
            #expect(holder.at("configuration.acknowledgeWaitMilliseconds") == 30_000)
            #expect(try await harness.run("consumers", "EVENTS").lines.contains { $0.hasPrefix("holder ") })
            let error = await #expect(throws: BusError.self) { try await harness.run("consumers", "NOWHERE") }
            #expect(error?.code == .unknownStream)
        }
    }

    @Test func `dead letters are listed, shown and put back`() async throws {
        try await ToolHarness.with { harness in
            try await harness.refusing("too hot\nat the stove", ["events.a", "events.b", "events.c"])

            let list = try await harness.run("dlq", "list", "EVENTS", "--limit", "2").lines
            try #require(list.count == 4)
            #expect(list[1].contains("events.a") && list[1].contains("worker") && list[1].contains("too hot"))
            #expect(list[3].hasPrefix("2 of 3; go on with --after "))
            let letters = try await harness.run("dlq", "list", "EVENTS", "--json").json()
            let ids = letters.compactMap { $0["id"]?.stringValue }
            try #require(ids.count == 3)
            let after = try await harness.run("dlq", "list", "EVENTS", "--json", "--after", ids[1]).json()
            #expect(after.compactMap { $0["id"]?.stringValue } == [ids[2]])

            let shown = try await harness.run("dlq", "show", "EVENTS", ids[1])
            #expect(shown.lines.contains("body of events.b"))
            #expect(shown.lines.contains("  Nrs-Dlq-Consumer: worker"))
            let missing = await #expect(throws: ToolError.self) {
                try await harness.run("dlq", "show", "EVENTS", "1-0")
            }
            #expect(missing?.description == "stream EVENTS has no dead letter 1-0")

            let one = try await harness.run("dlq", "redrive", "EVENTS", ids[1])
            #expect(one.all.hasPrefix("\(ids[1])  put back as "))
            let again = await #expect(throws: BusError.self) {
                try await harness.run("dlq", "redrive", "EVENTS", ids[1])
            }
            #expect(again?.code == .messageNotFound)
            let all = try await harness.run("dlq", "redrive", "EVENTS", "--all")
            #expect(all.lines.last == "2 put back, 0 left")
            #expect(try await harness.run("dlq", "list", "EVENTS").all == "no dead letters\n")
            let info = try await harness.bus.stream("EVENTS")
            #expect(info.messages == 3 && info.deadLetters == 0)
        }
    }

    @Test func `top looks twice and tells rates`() async throws {
        try await ToolHarness.with { harness in
            try await harness.bus.ensureStream(
                StreamConfiguration(
                    name: "S",
                    subjects: try SubjectFilter("s.>"),
                    retention: .limits(maximumMessages: 9)
                )
            )
            let probe = BusProbe(try await harness.bus.consume(ConsumerConfiguration(stream: "S", durable: "d"))) {
                $0.ack()
            }
            try await harness.during("top", "--interval", "100ms", "--json") { printed in
                try await eventually("a rate") {
                    _ = try await harness.bus.append(BusMessage(subject: try Subject("s.a")), to: "S")
                    return try printed.json().contains { picture in
                        picture.at("streams.0.appendedPerSecond")?.doubleValue ?? 0 > 0
                            && picture.at("streams.0.durables.0.deliveredPerSecond")?.doubleValue ?? 0 > 0
                    }
                }
            }
            let once = try await harness.run("top", "--once", "--interval", "50ms")
            #expect(once.all.contains("1 streams, 1 consumers, 0 instances"))
            #expect(once.lines.contains { $0.hasPrefix("  d ") })
            #expect(!once.all.contains("\u{1B}"))
            probe.cancel()
        }
    }

    @Test func `top on a terminal draws over itself and leaves it as it was`() async throws {
        try await ToolHarness.with { harness in
            let whole = ToolHarness.Printed()
            try await harness.during("top", "--interval", "20ms", terminal: Terminal { (60, 5) }) { printed in
                try await eventually("three pictures") {
                    printed.all.components(separatedBy: Terminal.home).count > 3
                }
                whole.append(printed.all)
            }
            #expect(whole.all.hasPrefix(Terminal.enter))
            let picture = try #require(whole.all.components(separatedBy: Terminal.home).dropFirst().first)
            #expect(picture.components(separatedBy: "\r\n").count <= 5)
        }
    }
}
