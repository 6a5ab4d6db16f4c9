import MessageBus
import Testing

@testable import RedisStreams

@Suite struct RedisWireTests {
    private func parse(_ bytes: [UInt8], inPiecesOf size: Int) throws -> [RESPValue] {
        let reader = try #require(RESPReader())
        var values: [RESPValue] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            try Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { try reader.feed($0) }
            while try reader.next({ cursor in
                var cursor = cursor
                values.append(cursor.value())
            }) {}
        }
        return values
    }

    @Test(arguments: [1, 2, 7, 1000])
    func `replies are the same however they are cut`(size: Int) throws {
        let wire = Array(
            "+OK\r\n:-42\r\n$-1\r\n*-1\r\n$3\r\na\r\n\r\n*2\r\n*1\r\n:1\r\n*2\r\n$0\r\n\r\n-ERR no\r\n-NOGROUP x\r\n"
                .utf8
        )

        let values = try parse(wire, inPiecesOf: size)

        #expect(
            values == [
                .bytes(Array("OK".utf8)), .integer(-42), .null, .null, .bytes(Array("a\r\n".utf8)),
                .array([
                    .array([.integer(1)]), .array([.bytes([]), .error(RedisError(.reply, "ERR no"))]),
                ]),
                .error(RedisError(.noGroup, "NOGROUP x")),
            ]
        )
    }

    @Test func `what is no RESP2 is refused`() throws {
        #expect(throws: RESPReader.ProtocolViolation.self) { try parse(Array("%1\r\n".utf8), inPiecesOf: 100) }
    }

    @Test func `a command is an array of bulk strings`() {
        var command = RedisCommand(count: 3)
        command.add("SET")
        command.add([0, 13, 10])
        #expect(!command.isComplete)
        command.add(1_234)

        #expect(command.isComplete)
        let expected = Array("*3\r\n$3\r\nSET\r\n$3\r\n\0\r\n\r\n$4\r\n1234\r\n".utf8)
        #expect(command.bytes == expected)
        #expect(RedisCommand("PING").bytes == Array("*1\r\n$4\r\nPING\r\n".utf8))
    }

    @Test(arguments: [
        ("NOGROUP No such key", RedisError.Code.noGroup), ("NOSCRIPT No matching", .noScript),
        ("UNBLOCKED the stream key no longer exists", .noGroup),
        ("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", .failover),
        ("LOADING Redis is loading", .transient), ("BUSY Redis is busy", .transient), ("READONLY You can't", .failover),
        ("OOM command not allowed", .outOfMemory), ("MISCONF Redis is", .writesRefused), ("NOAUTH x", .denied),
        ("WRONGPASS x", .denied), ("NOPERM x", .denied), ("WRONGTYPE x", .wrongType), ("BUSYGROUP x", .groupExists),
        ("ERR The user executing the script can't run this command or subcommand script: 1f", .denied),
        ("ERR The user executing the script can't access at least one of the keys script: 1f", .denied),
        ("INSTANCETAKEN another process", .instanceTaken), ("WRONGSEQ 1-2", .wrongSequence),
        ("ERR syntax error", .reply),
    ])
    func `an error is sorted by its first word`(reply: String, code: RedisError.Code) {
        #expect(RedisError(reply: reply).code == code)
    }

    @Test(arguments: ["", "a b", "a{b", "a}b", "a:b", "ü", "a\nb", String(repeating: "x", count: 201)])
    func `names that would break a key are refused`(name: String) {
        #expect(throws: BusError.self) { try BusKeys(cell: name) }
    }
}
