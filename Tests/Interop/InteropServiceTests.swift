import Foundation
import Logging
import MessageBus
import TestSupport
import Testing

@Suite struct InteropServiceTests {
    private struct Answer: Decodable {
        struct Endpoint: Decodable {
            let num_requests: Int?
        }
        let type: String
        let name: String
        let id: String
        let endpoints: [Endpoint]?
    }

    private static func ask(_ bus: any MessageBus, _ subject: String, for count: Int) async throws -> [Answer] {
        let question = BusMessage(subject: try Subject(subject))
        let limits = RequestManyLimits(timeout: .seconds(10), maximumReplies: count)
        var found: [Answer] = []
        for try await answer in try await bus.requestMany(question, limits) {
            found.append(try JSONDecoder().decode(Answer.self, from: Data(answer.body)))
        }
        return found
    }

    @Test func `services of both languages are found, by both`() async throws {
        try await InteropWorld.with { bus, peer in
            try await peer.run(
                PeerCommand("serve") { ($0.name, $0.filter, $0.group) = ("echo-service", "echo.>", "q") }
            )
            let discovery = ServiceDiscovery(
                bus: bus,
                name: "swift-service",
                version: "1.0.0",
                logger: Logger(label: "test")
            )
            let running = Task { try await discovery.run() }
            defer { running.cancel() }
            for number in 0..<3 {
                _ = try await bus.request(try InteropWorld.message("echo.x", "\(number)"), timeout: .seconds(10))
            }
            try await eventually("both services") {
                Set(try await Self.ask(bus, "$SRV.PING", for: 2).map(\.name)) == ["echo-service", "swift-service"]
            }

            let statistics = try #require(try await Self.ask(bus, "$SRV.STATS.echo-service", for: 1).first)
            #expect(statistics.type == "io.nats.micro.v1.stats_response")
            #expect(statistics.id == peer.instance)
            #expect(statistics.endpoints?.map(\.num_requests) == [3])

            let question = PeerCommand("request_many", BusMessage(subject: try Subject("$SRV.INFO"))) {
                ($0.timeout, $0.maximum) = (10, 2)
            }
            let bodies = try await peer.run(question).messages?.compactMap(\.body) ?? []
            let answers = try bodies.map { try JSONDecoder().decode(Answer.self, from: $0) }
            #expect(Set(answers.map(\.id)) == [bus.instance, peer.instance])
        }
    }

    @Test func `many answers come from both, and nobody is told at once`() async throws {
        try await InteropWorld.with { bus, peer in
            let responder = BusProbe(try await bus.subscribe(to: try SubjectFilter("poll.>"), queueGroup: nil)) {
                guard let reply = $0.reply else { return }
                do { try await bus.publish(BusMessage(subject: reply, body: [1])) } catch { Issue.record(error) }
            }
            try await peer.run(PeerCommand("respond") { ($0.name, $0.filter) = ("python", "poll.>") })
            let question = try InteropWorld.message("poll.x", "?")
            let limits = RequestManyLimits(timeout: .seconds(10), maximumReplies: 2)
            var swift: Set<[UInt8]> = []
            for try await answer in try await bus.requestMany(question, limits) { swift.insert(answer.body) }
            #expect(swift == [[1], Array("?".utf8)])

            let many = PeerCommand("request_many", question) { ($0.timeout, $0.maximum) = (10, 2) }
            #expect(try await peer.run(many).messages?.count == 2)
            let nobody = PeerCommand("request_many", try InteropWorld.message("void.x", "")) { $0.timeout = 10 }
            #expect(try await peer.refusal(of: nobody) == "noResponders")
            responder.cancel()
        }
    }

    @Test func `what Python schedules Swift appends when it is due`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus)
            let work = BusProbe(try await bus.consume(InteropWorld.consumer())) { $0.ack() }
            let due = bus.serverTime() + 400
            func schedule(_ id: String, _ due: UInt64) throws -> PeerCommand {
                PeerCommand("schedule", try InteropWorld.message("orders.later", id), stream: "ORDERS") {
                    ($0.name, $0.place) = (id, "\(due)")
                }
            }
            #expect(try await peer.run(try schedule("one", due)).held == true)
            #expect(try await peer.run(try schedule("two", due + 60_000)).held == true)
            #expect(try await peer.run(PeerCommand("cancel") { $0.name = "two" }).held == true)
            #expect(try await peer.run(PeerCommand("cancel") { $0.name = "two" }).held == false)

            let message = try await work.first(1)[0]
            #expect(message.message.headers[MessageHeaders.Name.messageID] == "one")
            #expect(message.id.milliseconds >= due)
            #expect(message.id.milliseconds < due + 5_000)
            // appended within the duplicate window: the same again is nothing
            #expect(try await peer.run(try schedule("one", due)).held == false)
        }
    }

    @Test func `who listens to everything hears Python too`() async throws {
        try await InteropWorld.with { bus, peer in
            let all = BusProbe(try await bus.subscribe(to: try SubjectFilter("*.sold"), queueGroup: nil))
            try await peer.run(PeerCommand("publish", try InteropWorld.message("shop.sold", "a")))
            try await peer.run(PeerCommand("publish", try InteropWorld.message("stall.sold", "b")))
            #expect(Set(try await all.first(2).map(\.subject.description)) == ["shop.sold", "stall.sold"])
        }
    }
}
