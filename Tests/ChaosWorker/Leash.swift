import Glibc
import ServiceRuntime

/// The worker's standard input: lines are orders, its end is the test process' end and so the worker's.
enum Leash {
    static func hold() -> AsyncStream<String> {
        let (orders, source) = AsyncStream.makeStream(of: String.self)
        BlockingThread.start(name: "leash") {
            while let line = readLine() { source.yield(line) }
            _exit(9)
        }
        return orders
    }
}
