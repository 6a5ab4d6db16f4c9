import Dispatch
import Synchronization

/// A fixed number of threads for C calls that block (libpq, file locks, name lookups).
///
/// The cooperative pool has one thread per core, so a single blocking call there stalls unrelated work; it belongs
/// here instead. Calls start in the order they were made. A call still queued when its task is cancelled never runs
/// and throws `CancellationError`; one that has begun runs to its end.
package final class BlockingExecutor: Sendable {
    private let queue: BlockingQueue
    private let workers: Int

    /// - Parameters:
    ///   - name: the threads' name; the kernel shows 15 bytes of it.
    ///   - threads: how many calls may block at once; at least 1.
    package init(name: String, threads: Int) {
        let queue = BlockingQueue()
        self.queue = queue
        self.workers = max(1, threads)
        for number in 0..<workers {
            BlockingThread.start(name: "\(name.prefix(12))-\(number)") { queue.work() }
        }
    }

    // No call can be under way: each one keeps its executor alive until it has returned.
    deinit { queue.close(workers: workers) }

    /// Runs the body on one of the threads and returns what it returns or throws.
    package func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        let call = BlockingCall(body)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if call.park(continuation) { queue.append { call.perform() } }
            }
        } onCancel: {
            call.cancel()
        }
    }
}

/// The jobs that wait for a thread: a semaphore counts them, a mutex holds them.
private final class BlockingQueue: Sendable {
    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let available = DispatchSemaphore(value: 0)

    func append(_ job: @escaping @Sendable () -> Void) {
        jobs.withLock { $0.append(job) }
        available.signal()
    }

    /// Wakes every worker without a job, which is how they learn to end.
    func close(workers: Int) {
        for _ in 0..<workers { available.signal() }
    }

    func work() {
        while true {
            available.wait()
            guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
            job()
        }
    }
}

/// One call: whoever takes the continuation out (worker or cancellation) resumes it, so it is resumed once.
private final class BlockingCall<T: Sendable>: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<T, any Error>)
        case taken
    }

    private let state = Mutex<State>(.new)
    private let body: @Sendable () throws -> T

    init(_ body: @escaping @Sendable () throws -> T) { self.body = body }

    /// False when the call was cancelled before it could be queued; it has then been answered.
    func park(_ continuation: CheckedContinuation<T, any Error>) -> Bool {
        let parked = state.withLock { state in
            guard case .new = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !parked { continuation.resume(throwing: CancellationError()) }
        return parked
    }

    func perform() {
        guard let continuation = take() else { return }
        continuation.resume(with: Result { try body() })
    }

    func cancel() { take()?.resume(throwing: CancellationError()) }

    private func take() -> CheckedContinuation<T, any Error>? {
        state.withLock { state in
            defer { state = .taken }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
    }
}
