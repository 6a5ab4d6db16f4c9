import CMicroHTTPD
import Glibc
import Synchronization

/// The bound socket. Made here and not by the library, which cannot say why it failed.
final class ListeningSocket: Sendable {
    let descriptor: Int32
    let port: Int
    private let isOpen = Mutex(true)

    init(host: String, port: Int, backlog: Int32 = 1024) throws {
        let (descriptor, bound) = try Self.open(host: host, port: port)
        guard listen(descriptor, backlog) == 0 else {
            let reason = errno
            Glibc.close(descriptor)
            throw Self.failure(reason, port: port)
        }
        self.descriptor = descriptor
        self.port = bound
    }

    deinit { close() }

    /// Connections are refused from now on. The descriptor stays: the library's threads may still look at it.
    func stopListening() {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Idempotent.
    func close() {
        let open = isOpen.withLock { open in
            defer { open = false }
            return open
        }
        if open { Glibc.close(descriptor) }
    }

    private static func open(host: String, port: Int) throws -> (Int32, Int) {
        guard let number = UInt16(exactly: port) else {
            throw HTTPListenerError(code: .invalidHost, message: "a port is 0 to 65535")
        }
        do {
            return try bindIPv6(host, number) ?? bindIPv4(host, number)
        } catch let error as HTTPListenerError where host == "::" && error.code == .socket {
            return try bindIPv4("0.0.0.0", number)
        }
    }

    /// Nil when the host is no IPv6 address.
    private static func bindIPv6(_ host: String, _ port: UInt16) throws -> (Int32, Int)? {
        var address = sockaddr_in6()
        guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else { return nil }
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        let descriptor = try make(AF_INET6, port: Int(port))
        var off: Int32 = 0
        setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<Int32>.size))
        try bind(descriptor, &address, port: Int(port))
        return (descriptor, Int(UInt16(bigEndian: address.sin6_port)))
    }

    private static func bindIPv4(_ host: String, _ port: UInt16) throws -> (Int32, Int) {
        var address = sockaddr_in()
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
            throw HTTPListenerError(code: .invalidHost, message: "the host must be a numeric address")
        }
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let descriptor = try make(AF_INET, port: Int(port))
        try bind(descriptor, &address, port: Int(port))
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func make(_ family: Int32, port: Int) throws -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw failure(errno, port: port) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    /// Binds and reads back the address, which then holds the port that was chosen.
    private static func bind<Address>(_ descriptor: Int32, _ address: inout Address, port: Int) throws {
        var length = socklen_t(MemoryLayout<Address>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                Glibc.bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard result else {
            let reason = errno
            Glibc.close(descriptor)
            throw failure(reason, port: port)
        }
    }

    private static func failure(_ reason: Int32, port: Int) -> HTTPListenerError {
        HTTPListenerError(
            code: reason == EADDRINUSE ? .addressInUse : .socket,
            message: "port \(port): \(String(cString: strerror(reason)))"
        )
    }
}
