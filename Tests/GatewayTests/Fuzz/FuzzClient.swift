import Glibc
import ServiceRuntime

/// Sends bytes, says that no more will come, and reads until the server closes. Blocking, on threads of its own.
enum FuzzClient {
    enum Failure: Error {
        case refused(Int32)
        /// The server neither answered nor closed.
        case silence(received: String)
    }

    private static let executor = BlockingExecutor(name: "fuzz-client", threads: 8)

    static func exchange(_ bytes: [UInt8], with port: Int) async throws -> [UInt8] {
        try await executor.run {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(descriptor) }
            var timeout = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard isConnected else { throw Failure.refused(errno) }
            // A server that has closed meanwhile shows when reading.
            _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            shutdown(descriptor, Int32(SHUT_WR))
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                let reason = errno
                if count > 0 {
                    received += buffer[..<count]
                } else if count < 0, reason == EAGAIN {
                    throw Failure.silence(received: String(decoding: received, as: UTF8.self))
                } else {
                    return received
                }
            }
        }
    }
}
