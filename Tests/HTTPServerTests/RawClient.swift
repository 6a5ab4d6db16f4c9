import Glibc
import ServiceRuntime
import Synchronization

/// A client that sends exactly the bytes it is told to. Its blocking calls run on threads of their own.
final class RawClient: Sendable {
    struct Response: Sendable {
        let status: Int
        let headers: [String: String]
        let body: String
    }

    enum Failure: Error {
        case connect(Int32)
        case closed(received: String)
        case malformed(String)
        case timeout(received: String)
    }

    private static let executor = BlockingExecutor(name: "raw-client", threads: 24)

    private let descriptor: Int32
    private let leftover = Mutex<[UInt8]>([])
    private let isOpen = Mutex(true)

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    static func connect(_ port: Int, receiveBuffer: Int32? = nil) async throws -> RawClient {
        try await executor.run {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var timeout = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            if var size = receiveBuffer {
                setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
            }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else {
                let reason = errno
                Glibc.close(descriptor)
                throw Failure.connect(reason)
            }
            return RawClient(descriptor: descriptor)
        }
    }

    /// Sends what it can; a server that has closed is for the reader to find out.
    func send(_ text: String) async throws {
        try await Self.executor.run { [descriptor] in
            let bytes = Array(text.utf8)
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    /// One response with a Content-Length (or none, for a bodiless one).
    func response(isHead: Bool = false) async throws -> Response {
        let head = try await read(until: "\r\n\r\n")
        let lines = head.split(separator: "\r\n").map(String.init)
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure.malformed(head)
        }
        var headers = [String: String]()
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            headers[pair[0].lowercased()] = pair.count > 1 ? pair[1].trimmed : ""
        }
        let length = isHead ? 0 : Int(headers["content-length"] ?? "0") ?? 0
        return Response(status: status, headers: headers, body: try await read(length))
    }

    func get(_ path: String, headers: String = "") async throws -> Response {
        try await send("GET \(path) HTTP/1.1\r\nHost: t\r\n\(headers)\r\n")
        return try await response()
    }

    /// Reads up to and with the mark.
    func read(until mark: String) async throws -> String {
        try await Self.executor.run { [self] in
            let pattern = Array(mark.utf8)
            while true {
                let found = leftover.withLock { bytes -> String? in
                    guard let range = bytes.firstRange(of: pattern) else { return nil }
                    defer { bytes.removeFirst(range.upperBound) }
                    return String(decoding: bytes[..<range.upperBound], as: UTF8.self)
                }
                if let found { return found }
                try receive()
            }
        }
    }

    func read(_ count: Int) async throws -> String {
        try await Self.executor.run { [self] in
            while leftover.withLock({ $0.count }) < count { try receive() }
            return leftover.withLock { bytes in
                defer { bytes.removeFirst(count) }
                return String(decoding: bytes[..<count], as: UTF8.self)
            }
        }
    }

    /// Everything until the server closes.
    func readToEnd() async throws -> String {
        try await Self.executor.run { [self] in
            while true {
                do { try receive() } catch Failure.closed(let text) { return text }
            }
        }
    }

    func close() {
        let open = isOpen.withLock { open in
            defer { open = false }
            return open
        }
        if open { Glibc.close(descriptor) }
    }

    /// Closes with a reset in place of a proper end.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        let reason = errno
        guard count > 0 else {
            let text = leftover.withLock { String(decoding: $0, as: UTF8.self) }
            throw count < 0 && reason == EAGAIN ? Failure.timeout(received: text) : Failure.closed(received: text)
        }
        leftover.withLock { $0 += buffer[..<count] }
    }
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
