import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@Suite struct BufferedLogSinkTests {
    private final class MemorySink: LogSink {
        private let writes = Mutex<[String]>([])
        func write(_ line: [UInt8]) { writes.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        var all: [String] { writes.withLock { $0 } }
    }

    @Test func `an urgent line goes out at once, after those that waited`() {
        let target = MemorySink()
        let sink = BufferedLogSink(target)

        sink.write(Array("one\n".utf8), isUrgent: false)
        sink.write(Array("two\n".utf8), isUrgent: false)
        sink.write(Array("three\n".utf8), isUrgent: true)

        #expect(target.all.joined() == "one\ntwo\nthree\n")
    }

    @Test func `a line that may wait goes out by itself`() async throws {
        let target = MemorySink()
        let sink = BufferedLogSink(target)

        for number in 0..<3 {
            sink.write(Array("\(number)\n".utf8), isUrgent: false)
            try await eventually { target.all.joined().hasSuffix("\(number)\n") }
        }

        #expect(target.all.joined() == "0\n1\n2\n")
    }

    @Test func `lines of many threads stay whole, none is lost, and they go out together`() async throws {
        let target = MemorySink()
        let sink = BufferedLogSink(target)

        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<2000 { sink.write(Array("\(task):\(number)\n".utf8), isUrgent: false) }
                }
            }
        }
        sink.flush()

        let lines = target.all.joined().split(separator: "\n")
        #expect(Set(lines).count == 16_000)
        #expect(lines.count == 16_000)
        for task in 0..<8 {
            let own = lines.filter { $0.hasPrefix("\(task):") }.compactMap { Int($0.dropFirst(2)) }
            #expect(own == Array(0..<2000))
        }
        #expect(target.all.count < 1600)
    }
}
