import Glibc
import Synchronization

/// Gathers lines that nobody waits for and passes them on together: a system call for each line of an access log would
/// cost more than many of the requests it tells of.
///
/// A line that matters goes out at once, after all that came before it. What is gathered goes out after 50 ms at the
/// latest, or when it is much; a process that is killed loses no more than that.
package final class BufferedLogSink: LogSink {
    private struct State {
        var lines: [UInt8] = []
        /// Whether the thread has been told that there is something to write.
        var isAwaited = false
    }

    private static let largest = 64 << 10
    private static let delay: UInt32 = 50_000

    private let sink: any LogSink
    private let bell: Bell
    private let state = Mutex(State())
    /// Held while lines are passed on, so that they keep their order.
    private let turn = Mutex(())

    /// Passes lines on to a sink, from a thread of its own that never ends.
    package init(_ sink: any LogSink) {
        self.sink = sink
        let bell = Bell()
        self.bell = bell
        BlockingThread.start(name: "log") { [weak self] in
            while bell.wait() {
                // An interval: how long lines are gathered.
                usleep(Self.delay)
                guard let self else { return }
                self.flush()
            }
        }
    }

    deinit { bell.ring() }

    package func write(_ line: [UInt8]) { write(line, isUrgent: true) }

    package func write(_ line: [UInt8], isUrgent: Bool) {
        let (isFull, mustRing) = state.withLock { state -> (Bool, Bool) in
            state.lines += line
            let isFull = isUrgent || state.lines.count >= Self.largest
            let mustRing = !isFull && !state.isAwaited
            if mustRing { state.isAwaited = true }
            return (isFull, mustRing)
        }
        if isFull { flush() }
        if mustRing { bell.ring() }
    }

    /// Passes on what there is.
    package func flush() {
        turn.withLock { _ in
            let lines = state.withLock { state -> [UInt8] in
                var lines: [UInt8] = []
                lines.reserveCapacity(state.lines.capacity)
                swap(&lines, &state.lines)
                state.isAwaited = false
                return lines
            }
            if !lines.isEmpty { sink.write(lines) }
        }
    }
}

/// What a thread waits for.
///
/// `@unchecked Sendable`: a semaphore is made for being used by several threads; its memory is freed by the last of them.
private final class Bell: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func ring() { sem_post(semaphore) }

    /// Always true, after having been woken.
    func wait() -> Bool {
        while sem_wait(semaphore) != 0, errno == EINTR {}
        return true
    }
}
