import Glibc

/// How a read or write on a non-blocking channel went.
enum Transfer {
    case bytes(Int)
    case wouldBlock
    case ended(String)
}

/// What lies under a connection: a socket, or TLS over one.
protocol ByteChannel: AnyObject, Sendable {
    var descriptor: Int32 { get }
    /// Whether any thread may write while the loop reads.
    var allowsDirectWrites: Bool { get }
    /// Why one side does not accept the other, once that is known; a new attempt would end in the same way.
    var refusal: String? { get }
    /// Fewer bytes than there is room for mean that nothing is left to read for now.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer
    /// After `wouldBlock` the next call begins with the same bytes.
    func write(_ bytes: UnsafeRawBufferPointer) -> Transfer
    func close()
}

/// A non-blocking stream socket; the kernel makes concurrent reads and writes safe, so it needs no lock.
final class RedisSocket: ByteChannel {
    let descriptor: Int32
    let allowsDirectWrites = true
    let refusal: String? = nil

    /// Begins to connect. Throws only when that fails at once; otherwise `connectionError` tells once it is writable.
    init(connectingTo address: SocketAddress) throws {
        // CLOEXEC: or helm and kubectl would inherit the connection.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw RedisError(.unavailable, "no socket: \(Self.text(of: errno))") }
        if address.family != AF_UNIX { tune() }
        let result = address.bytes.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { connect(descriptor, $0.baseAddress, socklen_t(bytes.count)) }
        }
        if result != 0, errno != EINPROGRESS {
            let reason = Self.text(of: errno)
            Glibc.close(descriptor)
            throw RedisError(.unavailable, "cannot connect: \(reason)")
        }
    }

    /// Why the connection could not be made; nil when it stands.
    var connectionError: String? {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { return Self.text(of: errno) }
        return code == 0 ? nil : Self.text(of: code)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended("Redis closed the connection") }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .ended(Self.text(of: errno))
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        while true {
            // NOSIGNAL: a peer that went away is an error here, not the end of the process.
            let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .wouldBlock : .ended(Self.text(of: errno))
        }
    }

    func close() { Glibc.close(descriptor) }

    private func tune() {
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 15)
        set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5)
        set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // A kernel that refuses costs latency or a later notice of a dead peer; the watchdog covers both.
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func text(of code: Int32) -> String { String(cString: strerror(code)) }
}
