import Glibc

/// Ends a `poll` from another thread: the reading end is readable from `wake` until `drain`.
final class WakePipe: Sendable {
    /// To be polled for POLLIN.
    let reading: Int32
    private let writing: Int32

    /// Throws when the process has no file descriptor left.
    init() throws {
        var ends: [Int32] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        guard socketpair(AF_UNIX, Int32(bitPattern: kind), 0, &ends) == 0 else {
            throw PostgresError(.unreachable, "no file descriptor left")
        }
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// From any thread, never blocks; a full pipe is awake already.
    func wake() {
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    func drain() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            while read(reading, buffer.baseAddress, 64) > 0 {}
        }
    }
}
