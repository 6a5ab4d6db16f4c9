import Glibc
import Synchronization

/// Takes finished log lines, each ending in a newline. May be called from any thread.
package protocol LogSink: Sendable {
    /// Writes one line in one piece.
    func write(_ line: [UInt8])

    /// The same for a line that may wait a moment, unless it is urgent.
    func write(_ line: [UInt8], isUrgent: Bool)
}

extension LogSink {
    /// Writes it at once.
    package func write(_ line: [UInt8], isUrgent: Bool) { write(line) }
}

/// Standard output. A line goes out in a single `write`, and a mutex keeps the rare partial ones together.
package final class StandardOutputSink: LogSink {
    private let descriptor: Int32
    private let turn = Mutex(())

    /// Standard output, or another open descriptor that the caller keeps open.
    package init(descriptor: Int32 = STDOUT_FILENO) { self.descriptor = descriptor }

    /// Gives up on the line when the reader is gone: logging must never end a service.
    package func write(_ line: [UInt8]) {
        turn.withLock { _ in
            line.withUnsafeBytes { buffer in
                var offset = 0
                while offset < buffer.count, let base = buffer.baseAddress {
                    let written = Glibc.write(descriptor, base + offset, buffer.count - offset)
                    if written > 0 {
                        offset += written
                    } else if errno == EAGAIN {
                        // A terminal or pipe that someone else made non-blocking: wait until it takes more.
                        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                        guard poll(&waiting, 1, 1000) > 0 else { return }
                    } else if errno != EINTR {
                        return
                    }
                }
            }
        }
    }
}
