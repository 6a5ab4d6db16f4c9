import Foundation
import Synchronization

/// Standard input, read on a thread of its own, for reading it blocks. Cancelling ends the wait; the thread stays behind
/// until the process ends, which is what follows.
package enum StandardInput {
    private typealias Waiter = CheckedContinuation<[UInt8], any Error>

    /// Everything there is. Throws `CancellationError` when cancelled, and what reading throws.
    package static func read() async throws -> [UInt8] {
        try await waiting { Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
    }

    /// One line without its end; empty at the end of the input.
    package static func readLine() async throws -> String {
        String(decoding: try await waiting { Array((Swift.readLine() ?? "").utf8) }, as: UTF8.self)
    }

    private static func waiting(for body: @escaping @Sendable () throws -> [UInt8]) async throws -> [UInt8] {
        let shared = Shared()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                shared.wait(continuation)
                Thread { shared.end(Result(catching: body)) }.start()
            }
        } onCancel: {
            shared.end(.failure(CancellationError()))
        }
    }

    /// Whoever comes first ends the wait.
    private final class Shared: Sendable {
        private enum State {
            case new
            case waiting(Waiter)
            case over(Result<[UInt8], any Error>)
        }

        private let state = Mutex(State.new)

        func wait(_ waiter: Waiter) {
            let result = state.withLock { state -> Result<[UInt8], any Error>? in
                if case .over(let result) = state { return result }
                state = .waiting(waiter)
                return nil
            }
            if let result { waiter.resume(with: result) }
        }

        func end(_ result: Result<[UInt8], any Error>) {
            let waiter = state.withLock { state -> Waiter? in
                switch state {
                case .new:
                    state = .over(result)
                    return nil
                case .waiting(let waiter):
                    state = .over(result)
                    return waiter
                case .over: return nil
                }
            }
            waiter?.resume(with: result)
        }
    }
}
