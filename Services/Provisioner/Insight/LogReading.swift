import KubernetesClient
import StoreContracts
import Synchronization

/// Reads the end of a container's log, as much of it as one message holds.
struct LogReading: Sendable {
    let api: any KubernetesAPI
    let workload: StoreWorkload
    let redaction: StoreRedaction

    /// Shorter than the gateway waits.
    private static let limit = Duration.seconds(4)
    /// Bytes that are kept while reading, and that an answer may have; the bus carries a mebibyte.
    private static let kept = 1 << 20
    private static let answered = 700 << 10

    /// Throws `NOT_FOUND`, `POD_NOT_STARTED`, `KubernetesError`.
    func log(_ request: ReadPodLog) async throws -> PodLog {
        let target = try await target(request)
        let (lines, skipped) = request.tail > 0 ? try await lastLines(of: target, request) : ([], 0)
        // After the log was read: whatever password stands in it was there before.
        let hide = lines.isEmpty ? nil : try await redaction.readOrWithhold(request.workload.namespace)
        var shown: [PodLogLine] = []
        var cost = 0
        for line in lines.reversed() {
            guard let hide else { break }
            let line = ShownLine.make(line, hide)
            cost += ShownLine.cost(line)
            guard cost <= Self.answered else { break }
            shown.append(line)
        }
        return PodLog(
            pod: target.pod,
            container: target.container,
            life: target.life,
            lines: shown.reversed(),
            omitted: skipped + lines.count - shown.count
        )
    }

    private func target(_ request: ReadPodLog) async throws -> LogTarget {
        let pod: KubernetesObject? =
            if let name = request.pod {
                try await workload.pod(name, of: request.workload)
            } else {
                LogTarget.usual(of: try await workload.pods(of: request.workload))
            }
        guard let pod else {
            let message = request.pod == nil ? "The store has no pods now." : "The store has no such pod."
            throw ServiceFault(.notFound, message)
        }
        return try LogTarget(pod: pod, container: request.container, previous: request.previous)
    }

    private func lastLines(of target: LogTarget, _ request: ReadPodLog) async throws -> ([RawLogLine], skipped: Int) {
        let options = PodLogOptions(
            container: target.container,
            tailLines: min(max(1, request.tail), 5000),
            previous: target.isPrevious,
            timestamps: true
        )
        let last = Mutex((reader: LogLineReader(), lines: LastLines(limit: Self.kept)))
        try await api.readPodLog(
            target.pod,
            namespace: request.workload.namespace,
            options: options,
            within: Self.limit
        ) { piece in
            last.withLock { last in
                for line in last.reader.lines(adding: piece) { last.lines.add(line) }
            }
        }
        return last.withLock { last in
            if let rest = last.reader.end() { last.lines.add(rest) }
            return (last.lines.all, last.lines.skipped)
        }
    }
}

/// The last lines that fit into so many bytes. Pure.
struct LastLines: Sendable {
    private let limit: Int
    private var lines: [RawLogLine] = []
    private var first = 0
    private var bytes = 0
    /// How many older ones were let go.
    private(set) var skipped = 0

    init(limit: Int) { self.limit = limit }

    var all: [RawLogLine] { Array(lines[first...]) }

    mutating func add(_ line: RawLogLine) {
        lines.append(line)
        bytes += line.bytes.count
        while bytes > limit, first < lines.count - 1 {
            bytes -= lines[first].bytes.count
            first += 1
            skipped += 1
        }
        // Half of it away at a time: dropping one would move all of them.
        if first > 1024, first > lines.count / 2 {
            lines.removeFirst(first)
            first = 0
        }
    }
}
