import ServiceRuntime
import Testing

@testable import StoreCtl

@Suite struct EventStreamParserTests {
    private static let text = """
        retry: 2000

        : still here

        id: 1-0
        event: operation
        data: {"progress": 5}

        data: a
        data:b

        id: 2-0
        event: empty


        """

    @Test(arguments: [1, 2, 3, 7, 1_000], ["\n", "\r\n", "\r"])
    func `events are the same however the network cuts them`(size: Int, lineEnd: String) {
        let bytes = Array(Self.text.replacing("\n", with: lineEnd).utf8)
        var parser = EventStreamParser()
        var events: [StreamedEvent] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += parser.feed(bytes[start..<min(start + size, bytes.count)])
        }

        #expect(
            events == [
                StreamedEvent(id: "1-0", name: "operation", data: #"{"progress": 5}"#),
                StreamedEvent(id: nil, name: "message", data: "a\nb"),
            ]
        )
        #expect(events.first?.json["progress"] == 5)
        #expect(events.last?.json == .null)
    }

    @Test func `what is not whole is kept back`() {
        var parser = EventStreamParser()
        #expect(parser.feed(Array("data: x".utf8)) == [])
        #expect(parser.feed(Array("\n".utf8)) == [])
        #expect(parser.feed(Array("\n".utf8)).map(\.data) == ["x"])
    }
}
