import HTTPServer
import ServiceRuntime
import StoreContracts

/// The client's side of a followed log: writes events, and knows which line was the last.
struct LogClient {
    private let writer: HTTPBodyWriter
    private let pace: LogStream.Pace
    let life: String
    private(set) var position: LogPosition?
    private var written = ContinuousClock.now

    init(writer: HTTPBodyWriter, life: String, position: LogPosition?, pace: LogStream.Pace) {
        self.writer = writer
        self.life = life
        self.position = position
        self.pace = pace
    }

    /// Says which log it is, and what is there of it.
    mutating func begin(_ log: PodLog) async throws {
        var bytes = ServerSentEvent.retry(milliseconds: 2000)
        bytes += try event("log", Begun(pod: log.pod, container: log.container))
        if log.omitted > 0 {
            bytes += try event("gap", Lost(message: "\(log.omitted) older lines are too much for one answer."))
        }
        bytes += try lines(log.lines)
        try await write(bytes)
    }

    /// Writes a chunk's lines, all of them at once; one without lines keeps the connection alive.
    mutating func write(_ chunk: LogChunk) async throws {
        var bytes: [UInt8] = []
        if chunk.isAfterGap {
            bytes += try event(
                "gap",
                Lost(message: "Lines are missing here: the log was rotated before they were read.")
            )
        }
        bytes += try lines(chunk.lines)
        if bytes.isEmpty { try await keepAlive() } else { try await write(bytes) }
    }

    /// Says something where nothing was said for long.
    mutating func keepAlive() async throws {
        if ContinuousClock.now - written >= pace.heartbeat { try await write(ServerSentEvent.comment("still here")) }
    }

    /// Says that nothing more comes, and why.
    mutating func end(_ reason: String) async throws { try await write(try event("end", Ended(reason: reason))) }

    private struct Begun: Encodable {
        let pod: String
        let container: String
    }

    private struct Lost: Encodable { let message: String }

    private struct Ended: Encodable { let reason: String }

    private mutating func lines(_ lines: [PodLogLine]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for line in lines {
            position = LogPosition.after(line, from: position, life: life)
            bytes += try event("line", line, id: position?.description)
        }
        return bytes
    }

    private func event(_ name: String, _ body: some Encodable, id: String? = nil) throws -> [UInt8] {
        ServerSentEvent(id: id, name: name, data: try PlatformJSON.encodeString(body)).bytes
    }

    /// Waits while the client is behind, but not for ever: who takes nothing holds a place that others want.
    private mutating func write(_ bytes: [UInt8]) async throws {
        let (writer, limit) = (writer, pace.stall)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await writer.write(bytes) }
            group.addTask {
                try await Task.sleep(for: limit)
                throw LogStream.Stalled()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        written = .now
    }
}
