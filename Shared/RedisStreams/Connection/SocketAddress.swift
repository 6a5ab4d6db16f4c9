import Glibc
import ServiceRuntime

/// An address as the kernel takes it.
struct SocketAddress: Sendable {
    let family: Int32
    let bytes: [UInt8]

    /// A unix socket's; nil when the path is too long for the kernel.
    init?(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        family = AF_UNIX
        bytes = withUnsafeBytes(of: &address) { Array($0) }
    }

    private init(_ info: addrinfo) {
        family = info.ai_family
        bytes = Array(UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
    }

    /// Looks the addresses up and hands them to `done`: numeric ones at once, names from a thread of their own, because
    /// a name server may take seconds to answer. Empty when there are none.
    static func resolve(_ address: RedisURL.Address, _ done: @escaping @Sendable ([SocketAddress]) -> Void) {
        switch address {
        // The Sentinels have been asked before: what they answered is looked up.
        case .sentinels: done([])
        case .unix(let path): done([SocketAddress(path: path)].compactMap { $0 })
        case .tcp(let host, let port):
            let numeric = lookUp(host, port, flags: AI_NUMERICHOST | AI_NUMERICSERV)
            guard numeric.isEmpty else { return done(numeric) }
            BlockingThread.start(name: "redis-resolve") { done(lookUp(host, port, flags: AI_NUMERICSERV)) }
        }
    }

    private static func lookUp(_ host: String, _ port: UInt16, flags: Int32) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var result: [SocketAddress] = []
        var next = list
        while let info = next {
            result.append(SocketAddress(info.pointee))
            next = info.pointee.ai_next
        }
        return result
    }
}
