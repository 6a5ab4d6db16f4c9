import MessageBus
import Testing

@Suite struct MessageHeadersTests {
    @Test func `a block reads as it was written`() throws {
        var headers = try MessageHeaders(["Nats-Msg-Id": "a b:c", "X": "1", "x": "2", "Empty": ""])
        headers.status = .init(code: 503, text: "No Responders")

        let read = try MessageHeaders(block: headers.block)

        #expect(read == headers)
        #expect(read["nats-msg-id"] == "a b:c")
        #expect(read.values(of: "X") == ["1", "2"])
    }

    @Test func `no headers are no bytes`() throws {
        #expect(MessageHeaders().block.isEmpty)
        #expect(try MessageHeaders(block: []).isEmpty)
    }

    @Test func `the block is NATS' own, byte for byte`() throws {
        let headers = try MessageHeaders(["A": "b"])

        #expect(String(decoding: headers.block, as: UTF8.self) == "NATS/1.0\r\nA: b\r\n\r\n")
    }

    @Test(arguments: [("A\r\n", "b"), ("", "b"), ("A:", "b"), ("ä", "b"), ("A", "b\r\nC: d"), ("A", "b\nC")])
    func `a header that would forge another is refused`(name: String, value: String) {
        #expect(throws: BusError.self) { try MessageHeaders([name: value]) }
    }

    @Test(arguments: ["HTTP/1.1\r\n\r\n", "NATS/1.0\r\nno colon\r\n\r\n", "NATS/1.0 abc\r\n\r\n"])
    func `a malformed block is refused`(text: String) {
        #expect(throws: BusError.self) { try MessageHeaders(block: Array(text.utf8)) }
    }
}
