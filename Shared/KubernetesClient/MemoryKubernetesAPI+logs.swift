import Foundation
import ServiceRuntime
import Synchronization

/// What a container in memory has written.
struct MemoryPodLog {
    var lines: [(at: String, text: String)] = []
    /// The container has ended: nothing more comes.
    var isOver = false
    var waiting: [AsyncStream<Never>.Continuation] = []
}

extension MemoryKubernetesAPI {
    /// What a container of this pod has written, a line a second since 2026 unless a line begins with `<time> ` itself.
    package func setLog(_ text: String, pod: String, namespace: String) {
        change(pod, namespace) { log in
            log.lines = []
            log.add(text)
        }
    }

    /// What it writes now.
    package func appendLog(_ text: String, pod: String, namespace: String) {
        change(pod, namespace) { $0.add(text) }
    }

    /// It has ended: whoever follows comes to the end.
    package func endLog(pod: String, namespace: String) { change(pod, namespace) { $0.isOver = true } }

    /// How many read a log now.
    package var logReaders: Int { state.withLock { $0.logReaders } }

    private func change(_ pod: String, _ namespace: String, _ body: (inout MemoryPodLog) -> Void) {
        let waiting = state.withLock { state in
            var log = state.logs["\(namespace)/\(pod)"] ?? MemoryPodLog()
            body(&log)
            defer { state.logs["\(namespace)/\(pod)"] = log }
            defer { log.waiting = [] }
            return log.waiting
        }
        for waiter in waiting { waiter.finish() }
    }

    package func podLog(_ pod: String, namespace: String, options: PodLogOptions) async throws -> String {
        try state.withLock { state throws(KubernetesError) in
            try state.checkReachable()
            return try state.log(pod, namespace).text(options).joined(separator: "\n")
        }
    }

    package func readPodLog(
        _ pod: String,
        namespace: String,
        options: PodLogOptions,
        within limit: Duration,
        _ take: @escaping @Sendable (_ piece: [UInt8]) async throws -> Void
    ) async throws {
        state.withLock { $0.logReaders += 1 }
        defer { state.withLock { $0.logReaders -= 1 } }
        let deadline = ContinuousClock.now + limit
        var taken: Int?
        while true {
            let (news, signal) = try state.withLock { state throws(KubernetesError) in
                try state.checkReachable()
                var log = try state.log(pod, namespace)
                let lines = log.text(options, after: taken)
                taken = log.lines.count
                guard options.follow, !log.isOver, lines.isEmpty else { return (lines, AsyncStream<Never>?.none) }
                let (signal, continuation) = AsyncStream<Never>.makeStream()
                log.waiting.append(continuation)
                state.logs["\(namespace)/\(pod)"] = log
                return (lines, signal)
            }
            if !news.isEmpty { try await take(Array((news.joined(separator: "\n") + "\n").utf8)) }
            guard options.follow else { return }
            guard let signal else {
                if news.isEmpty { return }
                continue
            }
            try await Self.wait(for: signal, until: deadline)
        }
    }

    private static func wait(for signal: AsyncStream<Never>, until deadline: ContinuousClock.Instant) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signal {} }
            group.addTask {
                try await Task.sleep(until: deadline, clock: .continuous)
                throw KubernetesError(code: .timeout, message: "the log was read for as long as it may be")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        try Task.checkCancellation()
    }
}

extension MemoryKubernetesAPI.State {
    fileprivate func log(_ pod: String, _ namespace: String) throws(KubernetesError) -> MemoryPodLog {
        guard let log = logs["\(namespace)/\(pod)"] else {
            throw KubernetesError(code: .notFound, message: "pods \"\(pod)\" not found")
        }
        return log
    }
}

extension MemoryPodLog {
    fileprivate mutating func add(_ text: String) {
        guard !text.isEmpty else { return }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
        {
            let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, RFC3339.parse(String(parts[0])) != nil {
                lines.append((String(parts[0]), String(parts[1])))
            } else {
                let at = Date(timeIntervalSince1970: 1_767_225_600 + Double(lines.count))
                lines.append((RFC3339.format(at), String(line)))
            }
        }
    }

    /// The lines that are asked for; `after`: of those that came after so many.
    fileprivate func text(_ options: PodLogOptions, after taken: Int? = nil) -> [String] {
        // Fewer than were taken, where the log was set anew meanwhile.
        var wanted = lines.dropFirst(taken ?? 0)
        if taken == nil, let tail = options.tailLines { wanted = wanted.suffix(tail) }
        if let since = options.since {
            wanted = wanted.filter { RFC3339.parse($0.at).map { $0 >= since } ?? true }[...]
        }
        return wanted.map { options.timestamps ? "\($0.at) \($0.text)" : $0.text }
    }
}
