import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension LiveKubernetesAPI {
    package func podLog(_ pod: String, namespace: String, options: PodLogOptions) async throws -> String {
        var options = options
        options.follow = false
        options.limitBytes = options.limitBytes ?? 1 << 18
        let answer = try await call(.GET, options.path(pod, namespace: namespace))
        return String(decoding: answer.body.readableBytesView, as: UTF8.self)
    }

    package func readPodLog(
        _ pod: String,
        namespace: String,
        options: PodLogOptions,
        within limit: Duration,
        _ take: @escaping @Sendable (_ piece: [UInt8]) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.readPieces(options.path(pod, namespace: namespace), within: limit, take) }
            group.addTask {
                // The client's own deadline ends with the head of the answer.
                try await Task.sleep(for: limit)
                throw KubernetesError(code: .timeout, message: "the log was read for as long as it may be")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func readPieces(
        _ path: RequestPath,
        within limit: Duration,
        _ take: @escaping @Sendable (_ piece: [UInt8]) async throws -> Void
    ) async throws {
        let deadline = NIODeadline.now() + TimeAmount(limit)
        // Only the beginning is repeated: what was taken must not come twice.
        let response = try await retrying(.GET) {
            try await awaitTurn()
            return try await Self.translatingErrors { try await self.send(.GET, path, nil, .json, deadline) }
        }
        var pieces = response.body.makeAsyncIterator()
        while let piece = try await Self.translatingErrors({ try await pieces.next() }) {
            try await take(Array(piece.readableBytesView))
        }
    }
}
