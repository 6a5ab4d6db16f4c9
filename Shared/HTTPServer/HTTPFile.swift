import Glibc
package import ServiceRuntime
import Synchronization

/// An open regular file to be sent as a body; closed when it was handed to the library or is no longer referenced.
package final class HTTPFile: Sendable {
    /// The size in bytes when it was opened.
    package let size: UInt64
    private let descriptor: Mutex<Int32?>

    private init(descriptor: Int32, size: UInt64) {
        self.descriptor = Mutex(descriptor)
        self.size = size
    }

    deinit {
        if let open = descriptor.withLock({ $0 }) { close(open) }
    }

    /// Opens a file on the executor's threads; nil when there is no such regular file.
    package static func open(_ path: String, on executor: BlockingExecutor) async throws -> HTTPFile? {
        try await executor.run {
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { return nil }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                return nil
            }
            return HTTPFile(descriptor: descriptor, size: UInt64(max(0, status.st_size)))
        }
    }

    /// The descriptor, once; the caller closes it from then on.
    func take() -> Int32? {
        descriptor.withLock { open in
            defer { open = nil }
            return open
        }
    }
}
