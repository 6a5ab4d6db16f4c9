import Glibc

/// A TCP port of 127.0.0.1 that nobody listens on at the moment.
package enum FreePort {
    /// Asks the kernel for one. Another program may take it before it is used; the kernel hands the same one out again
    /// only after many others.
    package static func next() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
            }
        }
        guard result else { throw TestRedisError(description: "no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}
