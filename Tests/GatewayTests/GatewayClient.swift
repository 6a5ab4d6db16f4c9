import Glibc
import HTTPServer
import ServiceRuntime
import Synchronization

/// A small HTTP client for the gateway under test: a connection for each call, blocking on threads of its own.
struct GatewayClient: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let text: String

        var json: JSONValue { get throws { try PlatformJSON.decode(from: Array(text.utf8)) } }
        var code: String? { get throws { try json["code"]?.stringValue } }
    }

    enum Failure: Error {
        case refused
        case closed(received: String)
        case timeout(received: String)
    }

    let port: Int
    var headers: [String: String] = [:]
    /// Bytes that the system keeps for a client that does not read; nil: many.
    var receiveBuffer: Int32?

    /// Sends a request; a body is declared as JSON unless the headers say otherwise.
    func call(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        headers extra: [String: String] = [:]
    ) async throws -> Answer {
        let connection = try await open(method, path, body, headers: extra.merging(["Connection": "close"]) { $1 })
        let text = try await connection.readToEnd()
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = parts[0].split(separator: "\r\n")
        var headers = HTTPHeaders()
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            headers.add(String(pair[0]), pair.count > 1 ? String(pair[1].drop { $0 == " " }) : "")
        }
        // What ends before it has said so has no status.
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, headers: headers, text: parts.count > 1 ? String(parts[1]) : "")
    }

    /// Sends a request and leaves the connection open, for streams.
    func open(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        headers extra: [String: String] = [:]
    ) async throws -> Connection {
        var all = ["Host": "gateway.test"].merging(headers) { $1 }
        if let body {
            all["Content-Type"] = "application/json"
            all["Content-Length"] = "\(body.utf8.count)"
        }
        all.merge(extra) { $1 }
        let lines = all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        let connection = try await Connection.open(port, receiveBuffer: receiveBuffer)
        try await connection.send("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n\(body ?? "")")
        return connection
    }

    /// One connection.
    final class Connection: Sendable {
        private static let executor = BlockingExecutor(name: "test-client", threads: 16)

        private let descriptor: Int32
        private let received = Mutex<[UInt8]>([])

        private init(descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }

        static func open(_ port: Int, receiveBuffer: Int32? = nil) async throws -> Connection {
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
                let isConnected = withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    }
                }
                let connection = Connection(descriptor: descriptor)
                guard isConnected else { throw Failure.refused }
                return connection
            }
        }

        func send(_ text: String) async throws {
            try await Self.executor.run { [descriptor] in
                let bytes = Array(text.utf8)
                _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            }
        }

        /// Everything up to and with the mark.
        func read(until mark: String) async throws -> String {
            try await Self.executor.run { [self] in
                while true {
                    let found = received.withLock { bytes -> String? in
                        guard let range = bytes.firstRange(of: Array(mark.utf8)) else { return nil }
                        defer { bytes.removeFirst(range.upperBound) }
                        return String(decoding: bytes[..<range.upperBound], as: UTF8.self)
                    }
                    if let found { return found }
                    try receive()
                }
            }
        }

        /// The next piece of a body that is sent in pieces; the answer's head has been read.
        func readPiece() async throws -> String {
            // One character, as Swift counts.
            let size = try await read(until: "\r\n").dropLast()
            guard let count = Int(size, radix: 16) else { throw Failure.closed(received: String(size)) }
            return try await Self.executor.run { [self] in
                while received.withLock({ $0.count < count + 2 }) { try receive() }
                return received.withLock { bytes in
                    defer { bytes.removeFirst(count + 2) }
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

        private func receive() throws {
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            let reason = errno
            guard count > 0 else {
                let text = received.withLock { String(decoding: $0, as: UTF8.self) }
                throw count < 0 && reason == EAGAIN ? Failure.timeout(received: text) : Failure.closed(received: text)
            }
            received.withLock { $0 += buffer[..<count] }
        }
    }
}
