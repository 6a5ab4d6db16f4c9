import Logging
import Synchronization

/// What the buses of a test logged: some faults must be told and told few times; a failed test prints all of it.
final class LogLines: LogHandler, @unchecked Sendable {
    // Why unchecked: what a log handler may be asked to change is never changed here; the lines are in a mutex.

    private let lines = Mutex<[String]>([])
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let more = event.metadata.map { " \($0)" } ?? ""
        lines.withLock { $0.append("\(event.level) \(event.message)\(more)") }
    }

    func matching(_ text: String) -> [String] { lines.withLock { $0.filter { $0.contains(text) } } }

    var count: Int { lines.withLock { $0.count } }

    func show() { print(lines.withLock { $0.suffix(60) }.joined(separator: "\n")) }
}
