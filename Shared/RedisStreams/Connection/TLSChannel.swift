import PlatformCrypto

/// TLS over a socket. The loop's thread only: OpenSSL's sessions take no reads and writes at once.
final class TLSChannel: ByteChannel, @unchecked Sendable {
    // Why unchecked: everything but the descriptor is touched on the loop's thread only; `allowsDirectWrites` says so.

    let descriptor: Int32
    let allowsDirectWrites = false
    private(set) var refusal: String?
    private let socket: RedisSocket
    private let session: TLSSession

    init(_ socket: RedisSocket, _ context: TLSClientContext, host: String) throws {
        self.socket = socket
        descriptor = socket.descriptor
        session = try TLSSession(context, host: host, descriptor: socket.descriptor)
    }

    /// Goes on with the handshake: 0 bytes once it is complete, and whether to wait for room to write.
    func handshake() -> (progress: Transfer, wantsToWrite: Bool) {
        let progress = session.handshake()
        return (transfer(progress), progress == .wantsWrite)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer { transfer(session.read(into: buffer)) }

    func write(_ bytes: UnsafeRawBufferPointer) -> Transfer { transfer(session.write(bytes)) }

    func close() {
        session.close()
        socket.close()
    }

    private func transfer(_ progress: TLSProgress) -> Transfer {
        switch progress {
        case .done(let count): return .bytes(count)
        case .wantsRead, .wantsWrite: return .wouldBlock
        case .ended(let reason): return .ended("TLS: \(reason)")
        case .refused(let reason):
            refusal = "TLS: \(reason)"
            return .ended("TLS: \(reason)")
        }
    }
}
