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

    @Test(arguments: [
        "HTTP/1.1\r\n\r\n", "NATS/1.0\r\nno colon\r\n\r\n", "NATS/1.0 abc\r\n\r\n", "NATS/1.0\r\nA: b\nC: d\r\n\r\n",
        "NATS/1.0\r\nA: b\rC: d\r\n\r\n", "NATS/1.0\r\n: b\r\n\r\n", "NATS/1.0\r\n A: b\r\n\r\n",
    ])
    func `a malformed block is refused`(text: String) throws {
        let error = try #require(throws: BusError.self) { try MessageHeaders(block: Array(text.utf8)) }
        #expect(error.code == .invalidHeader)
    }

    @Test(arguments: ["NATS/1.1", "NATS/2.0", "NATS/1.00", "NATS/1.0503", "nats/1.0"])
    func `a block of another version is refused`(version: String) {
        #expect(throws: BusError.self) { try MessageHeaders(block: Array("\(version)\r\nA: b\r\n\r\n".utf8)) }
    }

    @Test func `a block cut off anywhere is refused, and so is more than a block`() throws {
        var headers = try MessageHeaders(["A": "b", "C": "d"])
        headers.status = .init(code: 503, text: "No Responders")
        let block = headers.block

        for count in 1..<block.count {
            #expect(throws: BusError.self, "\(count) bytes") { try MessageHeaders(block: block.prefix(count)) }
        }
        #expect(throws: BusError.self) { try MessageHeaders(block: block + Array("E: f\r\n".utf8)) }
        #expect(throws: BusError.self) { try MessageHeaders(block: block + [0]) }
    }

    /// Found by fuzzing: a code below 100 was written with fewer digits than it was read with.
    @Test(arguments: ["000", "012", "099", "12", "1234", "-12", "+12", "5O3"])
    func `a status has three digits, the first not zero`(code: String) {
        #expect(throws: BusError.self) { try MessageHeaders(block: Array("NATS/1.0 \(code) x\r\n\r\n".utf8)) }
    }

    /// Found by fuzzing: bytes replaced by U+FFFD made headers grow beyond the limit, and not be what was sent.
    @Test func `what is no UTF-8 is refused`() {
        for text in [Array("NATS/1.0\r\nA: ".utf8) + [0xFF], Array("NATS/1.0 503 ".utf8) + [0xC3]] {
            #expect(throws: BusError.self) { try MessageHeaders(block: text + Array("\r\n\r\n".utf8)) }
        }
    }

    @Test func `a status with a line break forges no header`() throws {
        var headers = MessageHeaders()
        headers.status = .init(code: 503, text: "No\r\nEvil: yes")

        let read = try MessageHeaders(block: headers.block)

        #expect(read.all.isEmpty)
        #expect(read.status == .init(code: 503, text: "No  Evil: yes"))
    }

    @Test func `the size of a block is told without making it`() throws {
        var headers = try MessageHeaders(["A": "ä", "Empty": ""])
        #expect(headers.blockSize == headers.block.count)
        headers.status = .init(code: 100, text: "")
        #expect(headers.blockSize == headers.block.count)
        headers.status = .init(code: 100, text: "Idle Heartbeat")
        #expect(headers.blockSize == headers.block.count)
        #expect(MessageHeaders().blockSize == 0)
    }

    @Test func `headers beyond the limit are not sent, and far beyond it not read`() throws {
        let subject = try Subject("a.b")
        let room = MessageHeaders.maximumBlockSize - (try MessageHeaders(["A": ""])).blockSize
        func message(_ size: Int) throws -> BusMessage {
            BusMessage(subject: subject, headers: try MessageHeaders(["A": String(repeating: "x", count: size)]))
        }

        try message(room).checkSize()
        let error = try #require(throws: BusError.self) { try message(room + 1).checkSize() }
        #expect(error.code == .messageTooLarge)
        // What the bus adds to the largest headers is read.
        _ = try MessageHeaders(block: message(room + 1_000).headers.block)
        #expect(throws: BusError.self) { try MessageHeaders(block: message(2 * room + 1_000).headers.block) }
    }
}
