import StoreContracts
import Synchronization

/// What was read of a log and not sent yet: little, because who reads waits while it is full. One reader, one taker.
final class LogBuffer: Sendable {
    /// What a taker gets.
    enum Content: Sendable {
        case lines([RawLogLine], isAfterGap: Bool)
        /// Nothing in that time.
        case nothing
        /// Everything was taken, and nothing more comes; the error that ended it, if one did.
        case ended((any Error)?)
    }

    fileprivate struct State {
        var reader = LogLineReader()
        var search: LogSearch
        var lines: [RawLogLine] = []
        /// Those before it are taken.
        var first = 0
        var bytes = 0
        var isAfterGap = false
        var end: Result<Void, any Error>?
    }

    /// Bytes of lines that make a chunk, but for the line that is too much; more are not kept but for what came in one
    /// piece.
    static let capacity = 64 << 10
    private let state: Mutex<State>
    private let changed = ChangeSignal()
    private let taken = ChangeSignal()

    /// Lines up to `position` are let go.
    init(after position: LogPosition?) { state = Mutex(State(search: LogSearch(after: position))) }

    /// Takes a piece of the log, and waits while there is no room for another.
    func put(_ piece: [UInt8]) async throws {
        state.withLock { state in
            for line in state.reader.lines(adding: piece) { state.add(line) }
        }
        changed.notify()
        while true {
            let version = taken.version
            guard state.withLock({ $0.bytes >= Self.capacity }) else { return }
            await taken.wait(past: version)
            try Task.checkCancellation()
        }
    }

    /// Nothing more comes.
    func finish(_ end: Result<Void, any Error>) {
        state.withLock { state in
            if case .success = end, let rest = state.reader.end() { state.add(rest) }
            state.end = state.end ?? end
        }
        changed.notify()
    }

    /// Waits for lines, at most that long; once there are some, for a moment more, so that what is written together is
    /// sent together.
    func next(within limit: Duration, gathering moment: Duration) async -> Content {
        var deadline = ContinuousClock.now + limit
        var isGathering = false
        while true {
            let version = changed.version
            let (bytes, isOver) = state.withLock { ($0.bytes, $0.end != nil) }
            if bytes > 0, !isGathering {
                isGathering = true
                deadline = .now + moment
            }
            let left = deadline - .now
            if isOver || bytes >= Self.capacity || left <= .zero || Task.isCancelled { return take() }
            await changed.wait(past: version, for: left)
        }
    }

    private func take() -> Content {
        let content = state.withLock { state -> Content in
            guard state.bytes > 0 else {
                guard let end = state.end else { return .nothing }
                if case .failure(let error) = end { return .ended(error) }
                return .ended(nil)
            }
            defer { state.isAfterGap = false }
            return .lines(state.takeLines(), isAfterGap: state.isAfterGap)
        }
        taken.notify()
        return content
    }
}

extension LogBuffer.State {
    fileprivate mutating func add(_ line: RawLogLine) {
        let wasAfterGap = search.isAfterGap
        guard search.isNew(line.at) else { return }
        if search.isAfterGap, !wasAfterGap { isAfterGap = true }
        lines.append(line)
        bytes += Self.room(line)
    }

    fileprivate mutating func takeLines() -> [RawLogLine] {
        var end = first
        var size = 0
        while end < lines.count, size < LogBuffer.capacity {
            size += Self.room(lines[end])
            end += 1
        }
        defer {
            bytes -= size
            first = end
            if first == lines.count { (lines, first) = ([], 0) }
        }
        return Array(lines[first..<end])
    }

    /// A line without a text takes room as well.
    private static func room(_ line: RawLogLine) -> Int { line.bytes.count + 64 }
}
