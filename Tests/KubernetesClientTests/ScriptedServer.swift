import Foundation
import Glibc
import ServiceRuntime
import Synchronization

/// An HTTP server that answers what a test tells it to, one connection after the other.
final class ScriptedServer: Sendable {
    /// A request as it came.
    struct Request: Sendable {
        /// `GET /version`.
        let line: String
        let at: ContinuousClock.Instant
    }

    /// A status with its headers, and a body of JSON.
    struct Answer: Sendable {
        var status = "200 OK"
        var headers = ""
        var body = "{}"
        /// More of the body is promised than comes.
        var isUnfinished = false
    }

    let port: UInt16
    private let listener: Int32
    private let seen = Mutex<[Request]>([])

    /// `answer` is asked with the number of the request, from 0, and its line.
    init(_ answer: @escaping @Sendable (Int, String) -> Answer) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        BlockingThread.start(name: "scripted-server") { [weak self] in
            // Ends when the listener is shut down.
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else { break }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                self.serve(connection, answer)
            }
            Glibc.close(listener)
        }
    }

    /// Every request so far.
    var requests: [Request] { seen.withLock { $0 } }

    /// No more connections.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ connection: Int32, _ answer: (Int, String) -> Answer) {
        defer { Glibc.close(connection) }
        guard let line = Self.readRequest(connection) else { return }
        let number = seen.withLock { seen in
            seen.append(Request(line: line, at: .now))
            return seen.count - 1
        }
        let reply = answer(number, line)
        let text =
            "HTTP/1.1 \(reply.status)\r\nContent-Length: \(reply.body.utf8.count + (reply.isUnfinished ? 1 : 0))\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\n\(reply.headers)\r\n\(reply.body)"
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        // The client ends the connection once it has read all: closing first could reset it.
        if !reply.isUnfinished { shutdown(connection, Int32(SHUT_WR)) }
        var rest = [UInt8](repeating: 0, count: 256)
        while recv(connection, &rest, rest.count, 0) > 0 {}
    }

    /// The first line without the version; nil when the client went away first.
    private static func readRequest(_ connection: Int32) -> String? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: buffer[0..<count], as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let length = text[..<end.lowerBound].split(separator: "\r\n")
                .first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) }
            guard text[end.upperBound...].utf8.count >= length ?? 0 else { continue }
            return text.split(separator: " ").prefix(2).joined(separator: " ")
        }
    }
}
