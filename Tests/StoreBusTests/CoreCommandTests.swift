import ArgumentParser
import MessageBus
import RedisStreams
import ServiceRuntime
import TestSupport
import Testing

@testable import StoreBus

@Suite struct CoreCommandTests {
    @Test func `ping tells of Redis and of every instance that answers`() async throws {
        try await ToolHarness.with { harness in
            #expect(try await harness.run("ping", "--wait", "50ms").all.contains("no service answers"))
            let service = try harness.cell.makeBus()
            let answers = BusProbe(try await service.subscribe(to: SubjectFilter("$SRV.*"), queueGroup: nil)) {
                question in
                guard let reply = question.reply else { return }
                let body = #"{"name":"gateway","id":"one","version":"1.2.3","type":"io.nats.micro.v1.ping_response"}"#
                do { try await service.publish(BusMessage(subject: reply, body: Array(body.utf8))) } catch {
                    Issue.record(error)
                }
            }

            try await eventually("the instance") {
                try await harness.run("ping", "--wait", "200ms").lines.contains { line in
                    line.hasPrefix("gateway  one       1.2.3") && line.hasSuffix(" ms")
                }
            }
            let json = try #require(try await harness.run("ping", "--json", "--wait", "200ms").json().first)
            #expect(json.at("redis.version")?.stringValue?.isEmpty == false)
            #expect(json.at("redis.milliseconds")?.doubleValue ?? 0 > 0)
            #expect(json.at("instances.0.service")?.stringValue == "gateway")
            answers.cancel()
        }
    }

    @Test func `sub shows what passes, until it has shown enough`() async throws {
        try await ToolHarness.with { harness in
            try await harness.during("sub", "stores.>", "--count", "2") { printed in
                try await eventually("both messages") {
                    try await harness.run("pub", "elsewhere.x", "no")
                    try await harness.run("pub", "stores.a", "hello", "-H", "Colour: blue", "-H", "Colour:green")
                    return printed.lines.filter { $0 == "hello" }.count == 2
                }
                let first = try #require(printed.lines.first)
                #expect(first.contains("Z  stores.a  5 B"))
                #expect(Array(printed.lines.dropFirst().prefix(3)) == ["  Colour: blue", "  Colour: green", "hello"])
                #expect(!printed.all.contains("elsewhere"))
            }
        }
    }

    @Test func `sub in JSON is one object a message`() async throws {
        try await ToolHarness.with { harness in
            try await harness.during("sub", "a.*", "--queue", "g", "--json") { printed in
                try await eventually("a message") {
                    try await harness.run("pub", "a.b", "-", input: "from\nstandard input")
                    return !printed.lines.isEmpty
                }
                let message = try #require(try printed.json().first)
                #expect(message["subject"] == "a.b")
                #expect(message["body"] == "from\nstandard input")
                #expect(message["size"] == 19)
            }
        }
    }

    @Test func `request shows the answer, and fails where it is an error or nobody is there`() async throws {
        try await ToolHarness.with { harness in
            let none = await #expect(throws: BusError.self) { try await harness.run("request", "echo.a") }
            #expect(none?.code == .noResponders)
            let service = try harness.cell.makeBus()
            let answers = BusProbe(try await service.subscribe(to: SubjectFilter("echo.>"), queueGroup: "g")) {
                question in
                guard let reply = question.reply else { return }
                var answer = BusMessage(subject: reply, headers: MessageHeaders(), body: question.body)
                do {
                    if question.subject.description == "echo.error" {
                        try answer.headers.add(MessageHeaders.Name.serviceErrorCode, "404")
                        try answer.headers.add(MessageHeaders.Name.serviceError, "not here")
                    }
                    try await service.publish(answer)
                } catch {
                    Issue.record(error)
                }
            }

            let answer = try await harness.run("request", "echo.a", "question")
            #expect(answer.lines.contains("question"))
            #expect(answer.lines.last?.hasPrefix("  after ") == true)
            let json = try #require(try await harness.run("request", "echo.a", "question", "--json").json().first)
            #expect(json["body"] == "question")
            let error = await #expect(throws: ToolError.self) { try await harness.run("request", "echo.error") }
            #expect(error?.description == "the answer is error 404: not here")
            let many = try await harness.run("request", "echo.a", "q", "--many", "--timeout", "300ms", "--json")
            #expect(try many.json().map { $0["body"] } == ["q"])
            answers.cancel()
        }
    }

    @Test func `pub into a stream tells the place, and a repeated id the same one`() async throws {
        try await ToolHarness.with { harness in
            try await harness.bus.ensureStream(
                StreamConfiguration(name: "S", subjects: try SubjectFilter("s.>"), retention: .workQueue)
            )

            let first = try await harness.run("pub", "s.a", "x", "--stream", "S", "--id", "1", "--json").json().first
            let again = try await harness.run("pub", "s.a", "x", "--stream", "S", "--id", "1", "--json").json().first
            let human = try await harness.run("pub", "s.a", "x", "--stream", "S", "--id", "1")

            #expect(first?["duplicate"] == false)
            #expect(again?["duplicate"] == true)
            #expect(first?["id"] == again?["id"])
            #expect(human.all == "\(first?["id"]?.stringValue ?? "")  duplicate: it was stored before\n")
            let other = await #expect(throws: BusError.self) { try await harness.run("pub", "t.a", "--stream", "S") }
            #expect(other?.code == .unknownStream)
        }
    }

    @Test(arguments: [
        ["pub", "a..b"], ["pub", "a.b", "--id", "1"], ["pub", "a.b", "-H", "no colon"],
        ["pub", "a.b", "-H", "A: b\r\nC: d"],
        ["pub"], ["sub"], ["sub", ">.a"], ["sub", "a", "--count", "0"], ["request", "a.b", "--timeout", "soon"],
        ["request", "a.*"], ["consumers"], ["dlq", "redrive", "S"], ["dlq", "redrive", "S", "1-0", "--all"],
        ["dlq", "show", "S", "first"], ["kv", "put", "b", "k"],
        ["kv", "put", "b", "k", "v", "--ttl", "1s", "--revision", "1-0"],
        ["kv", "del", "b", "k", "--purge", "--revision", "1-0"], ["top", "--interval", "-1s"], ["unknown"],
    ])
    func `what is called wrongly ends with 2`(arguments: [String]) async {
        #expect(await CommandHost.run(arguments) == 2)
    }

    @Test func `what cannot be done ends with 1`() async {
        #expect(await CommandHost.run(["streams", "--redis", "unix:///nowhere/redis.sock", "--cell", "c"]) == 1)
    }
}
