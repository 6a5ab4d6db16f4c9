import UnixSignals

/// How a command's work ended: by itself, or because somebody had enough of it.
package enum Interruption: Sendable {
    case none
    case bySignal

    /// Runs the work to its end; SIGINT and SIGTERM cancel it. Throws what the work throws, but for its cancellation.
    package static func ending(_ work: @escaping @Sendable () async throws -> Void) async throws -> Interruption {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Interruption.self) { group in
            group.addTask {
                for await _ in signals { return .bySignal }
                return .none
            }
            group.addTask {
                do { try await work() } catch is CancellationError {}
                return .none
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .none
        }
    }
}
