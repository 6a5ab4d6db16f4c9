import Console
import MessageBus
import ServiceRuntime
import Testing

@testable import StoreBus

@Suite struct RenderingTests {
    @Test func `a message's age is that of its id`() {
        #expect(HumanUnits.age(nil, now: 5) == "-")
        #expect(HumanUnits.age(.zero, now: 5) == "-")
        #expect(HumanUnits.age(StreamID(milliseconds: 1_000, sequence: 0), now: 6_000) == "5s")
        #expect(HumanUnits.age(StreamID(milliseconds: .max, sequence: 0), now: 0) == "now")
    }

    @Test func `a message is a line, its headers and its body`() throws {
        var headers = try MessageHeaders(["A": "1", "a": "2", "B": "x\u{1B}"])
        headers.status = .init(code: 503, text: "No Responders")
        let message = BusMessage(
            subject: try Subject("a.b"),
            reply: try Subject("_INBOX.x.1"),
            headers: headers,
            body: Array("{}".utf8)
        )
        let id = StreamID(milliseconds: 1_700_000_000_123, sequence: 4)

        #expect(
            MessageView(message: message, id: id).lines == [
                "2023-11-14T22:13:20.123Z  a.b  1700000000123-4  2 B  reply _INBOX.x.1",
                "  status 503 No Responders", "  A: 1", "  a: 2", "  B: x\\u{1b}", "{}",
            ]
        )
        let json = MessageView(message: message, id: id).json
        #expect(json["id"] == "1700000000123-4")
        #expect(json.at(["headers", "A"]) == ["1"])
        #expect(json.at(["status", "code"]) == 503)
        #expect(json["body"] == "{}")
        var binary = message
        binary.body = [0xFF]
        #expect(MessageView(message: binary).json["bodyBase64"] == "/w==")
    }
}
