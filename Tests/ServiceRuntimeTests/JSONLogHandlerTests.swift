import Foundation
import Logging
import ServiceRuntime
import Synchronization
import Testing

@Suite struct JSONLogHandlerTests {
    private final class MemorySink: LogSink {
        private let lines = Mutex<[[UInt8]]>([])
        func write(_ line: [UInt8]) { lines.withLock { $0.append(line) } }
        var last: [UInt8]? { lines.withLock { $0.last } }
        var count: Int { lines.withLock { $0.count } }
    }

    private let sink = MemorySink()

    private func logger(_ level: Logger.Level = .trace) -> Logger {
        let sink = sink
        return Logger(label: "test") { _ in JSONLogHandler(service: "gateway", level: level, sink: sink) }
    }

    private func line() throws -> JSONValue {
        let bytes = try #require(sink.last)
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(bytes.count { $0 == UInt8(ascii: "\n") } == 1)
        return try PlatformJSON.decode(from: bytes)
    }

    @Test func `a line has time, level, service, message and dotted metadata`() throws {
        var logger = logger()
        logger[metadataKey: "store.id"] = "01J"

        logger.warning(
            "store is slow",
            metadata: ["request.id": "r1", "attempt": .stringConvertible(3), "step": ["name": "helm", "ok": "no"]]
        )

        var line = try line()
        let time = try #require(line["timestamp"]?.stringValue.flatMap(RFC3339.parse))
        #expect(abs(time.timeIntervalSinceNow) < 60)
        line["timestamp"] = nil
        #expect(
            line == [
                "level": "warning", "service": "gateway", "message": "store is slow", "store.id": "01J",
                "request.id": "r1", "attempt": 3, "step.name": "helm", "step.ok": "no",
            ]
        )
    }

    @Test func `whatever is in a text, the line stays one line of JSON`() throws {
        let nasty = "a\"b\\c\nd\re\tf\u{1}g\u{7F}ü☃"

        logger().info("\(nasty)", metadata: ["k\"ey": "\(nasty)", "list": ["1", .array(["\(nasty)"])]])

        let line = try line()
        #expect(line["message"]?.stringValue == nasty)
        #expect(line["k\"ey"]?.stringValue == nasty)
        #expect(line.at("list.1.0")?.stringValue == nasty)
    }

    @Test func `metadata cannot take the place of the line's own members`() throws {
        logger().info("real", metadata: ["message": "fake", "level": "fake"])

        let line = try line()
        #expect(line["message"] == "real")
        #expect(line["metadata.message"] == "fake")
        #expect(line["metadata.level"] == "fake")
    }

    @Test func `what is below the level is not written`() {
        logger(.notice).info("quiet")

        #expect(sink.count == 0)
    }
}
