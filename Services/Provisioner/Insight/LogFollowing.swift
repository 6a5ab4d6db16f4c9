import KubernetesClient
import ServiceLifecycle
import StoreContracts
import StoreDomain
import Synchronization

/// Follows a container's log for one question: a few chunks of lines, or a few seconds. Keeps nothing afterwards.
struct LogFollowing: Sendable {
    /// Sends a chunk that is not the last.
    typealias Send = @Sendable (LogChunk) async throws -> Void

    let api: any KubernetesAPI
    let workload: StoreWorkload
    let redaction: StoreRedaction
    let places = LogPlaces()
    /// How often a follower hears that somebody is still at it.
    var heartbeat = Duration.seconds(2)
    /// How long lines that are written together may be.
    var moment = Duration.milliseconds(200)
    /// How long the kubelet is given to say that a container has ended whose log has.
    var pause = Duration.seconds(1)
    /// How old what is known of the store's passwords may be.
    var freshness = Duration.seconds(2)

    /// The last chunk; those before are sent. Throws `NOT_FOUND`, `POD_NOT_STARTED`, `SERVICE_UNAVAILABLE`,
    /// `KubernetesError`. A process that is to stop answers at once: another one goes on.
    func follow(_ request: FollowPodLog, _ send: @escaping Send) async throws -> LogChunk {
        guard places.take() else {
            throw ServiceFault(.serviceUnavailable, "As many logs are being followed as may be.")
        }
        defer { places.giveBack() }
        let target = try await target(request)
        guard target.life == request.life else { return LogChunk(lines: [], next: .over, reason: .restarted) }
        try await send(LogChunk(lines: [], next: .open))
        return try await cancelWhenGracefulShutdown {
            do {
                return try await read(target, request, send)
            } catch is CancellationError {
                return LogChunk(lines: [], next: .again)
            }
        }
    }

    private func target(_ request: FollowPodLog) async throws -> LogTarget {
        guard let pod = try await workload.pod(request.pod, of: request.workload) else {
            throw ServiceFault(.notFound, "The pod is gone.")
        }
        return try LogTarget(pod: pod, container: request.container, previous: false)
    }

    private func read(_ target: LogTarget, _ request: FollowPodLog, _ send: @escaping Send) async throws -> LogChunk {
        let limit = Duration.seconds(min(max(1, request.seconds), 30))
        let buffer = LogBuffer(after: request.position)
        let options = PodLogOptions(
            container: target.container,
            tailLines: nil,
            timestamps: true,
            since: request.position.flatMap { LogTime.second($0.at) },
            follow: true
        )
        return try await withThrowingTaskGroup(of: LogChunk?.self) { group in
            group.addTask {
                do {
                    try await api.readPodLog(
                        target.pod,
                        namespace: request.workload.namespace,
                        options: options,
                        within: limit + heartbeat
                    ) { try await buffer.put($0) }
                    buffer.finish(.success(()))
                } catch {
                    buffer.finish(.failure(error))
                }
                return nil
            }
            group.addTask { try await pass(buffer, request, until: .now + limit, send) }
            // Ends the connection to Kubernetes as well.
            defer { group.cancelAll() }
            while let chunk = try await group.next() {
                if let chunk { return chunk }
            }
            throw CancellationError()
        }
    }

    /// Sends what is read until there is enough of it, or time is out.
    private func pass(
        _ buffer: LogBuffer,
        _ request: FollowPodLog,
        until deadline: ContinuousClock.Instant,
        _ send: Send
    ) async throws -> LogChunk {
        var left = min(max(1, request.chunks), 16)
        var known: (hide: SecretRedaction, at: ContinuousClock.Instant)?
        while true {
            let content = await buffer.next(within: min(heartbeat, max(.zero, deadline - .now)), gathering: moment)
            try Task.checkCancellation()
            switch content {
            case .lines(let lines, let isAfterGap):
                if known.map({ $0.at + freshness < .now }) ?? true {
                    // After the lines were read: whatever password stands in them was there before.
                    known = (try await redaction.readOrWithhold(request.workload.namespace), .now)
                }
                guard let hide = known?.hide else { continue }
                left -= 1
                let isLast = left == 0 || ContinuousClock.now >= deadline
                let chunk = LogChunk(
                    lines: lines.map { ShownLine.make($0, hide) },
                    isAfterGap: isAfterGap,
                    next: isLast ? .again : .open
                )
                if isLast { return chunk }
                try await send(chunk)
            case .nothing:
                guard ContinuousClock.now < deadline else { return LogChunk(lines: [], next: .again) }
                try await send(LogChunk(lines: [], next: .open))
            case .ended(let error): return try await end(request, error)
            }
        }
    }

    /// The log has ended, or the connection: what became of the container?
    private func end(_ request: FollowPodLog, _ error: (any Error)?) async throws -> LogChunk {
        if let error {
            guard let error = error as? KubernetesError, error.code == .timeout || error.code == .notFound else {
                throw error
            }
            if error.code == .timeout { return LogChunk(lines: [], next: .again) }
        }
        guard let pod = try await workload.pod(request.pod, of: request.workload) else {
            return LogChunk(lines: [], next: .over, reason: .gone)
        }
        let target = try LogTarget(pod: pod, container: request.container, previous: false)
        guard target.life == request.life else { return LogChunk(lines: [], next: .over, reason: .restarted) }
        guard target.isRunning else { return LogChunk(lines: [], next: .over, reason: .ended) }
        // The kubelet speaks of an end a moment after the log has; asking meanwhile would be asking in a circle.
        try await Task.sleep(for: pause)
        return LogChunk(lines: [], next: .again)
    }
}

/// How many logs a process follows at once: each is a connection to Kubernetes.
final class LogPlaces: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(_ limit: Int = 64) { self.limit = limit }

    func take() -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func giveBack() { count.withLock { $0 -= 1 } }
}
