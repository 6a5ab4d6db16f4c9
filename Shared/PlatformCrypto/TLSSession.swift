import COpenSSL
import Glibc

/// How a step of a TLS session went.
package enum TLSProgress: Hashable, Sendable {
    /// So many bytes of plaintext were read or written; 0 for a handshake that is complete.
    case done(Int)
    /// Nothing more until the socket can be read.
    case wantsRead
    /// Nothing more until the socket can be written.
    case wantsWrite
    /// The connection ended; another attempt may go well.
    case ended(String)
    /// One side does not accept the other: another attempt fails in the same way until somebody changes something.
    case refused(String)
}

/// The client's side of TLS on a connected, non-blocking socket it does not own.
///
/// Verifies the peer's certificate against the name or address it was asked for. No call blocks. Used by one thread.
package final class TLSSession {
    private let transport: TLSTransport
    /// An `SSL *`; holds its context and both ends of the transport.
    private let handle: OpaquePointer
    private var isOpen = false
    private var isBroken = false

    /// `host`: the name or address the certificate must be for. Throws only when memory is short or the name is none.
    package init(_ context: TLSClientContext, host: String, descriptor: Int32) throws {
        transport = TLSTransport(descriptor: descriptor)
        guard let handle = SSL_new(context.handle) else {
            throw TLSError(code: .libraryFailure, message: "no memory for a TLS session")
        }
        self.handle = handle
        guard let bio = transport.makeBIO() else {
            throw TLSError(code: .libraryFailure, message: "no memory for a TLS session")
        }
        SSL_set_bio(handle, bio, bio)
        SSL_set_connect_state(handle)
        guard verify(host) else {
            throw TLSError(code: .libraryFailure, message: "\(host) is no name a certificate can be for")
        }
    }

    deinit { SSL_free(handle) }

    private func verify(_ host: String) -> Bool {
        let parameters = SSL_get0_param(handle)
        if Self.isNumeric(host) { return X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1 }
        X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard SSL_set1_host(handle, host) == 1 else { return false }
        // SSL_set_tlsext_host_name is a macro of this.
        return host.withCString { name in
            let type = Int(TLSEXT_NAMETYPE_host_name)
            return SSL_ctrl(handle, SSL_CTRL_SET_TLSEXT_HOSTNAME, type, UnsafeMutableRawPointer(mutating: name)) == 1
        }
    }

    private static func isNumeric(_ host: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    }

    /// Goes on with the handshake; to be called again when the socket is ready for what it wants.
    package func handshake() -> TLSProgress {
        ERR_clear_error()
        let result = SSL_do_handshake(handle)
        guard result != 1 else {
            isOpen = true
            return .done(0)
        }
        return progress(after: result)
    }

    /// Reads until the buffer is full or nothing is left, also inside OpenSSL: fewer bytes than asked for mean that the
    /// socket was drained. What ended the connection is told by the next call.
    package func read(into buffer: UnsafeMutableRawBufferPointer) -> TLSProgress {
        var total = 0
        while total < buffer.count {
            var count = 0
            ERR_clear_error()
            let result = SSL_read_ex(handle, buffer.baseAddress?.advanced(by: total), buffer.count - total, &count)
            guard result == 1 else {
                let end = progress(after: result)
                guard total > 0 else { return end }
                // An end that only OpenSSL has seen would wake nobody who waits for the socket.
                if isBroken { shutdown(transport.descriptor, Int32(SHUT_RD)) }
                return .done(total)
            }
            total += count
        }
        return .done(total)
    }

    /// Writes some of the bytes. After `wantsWrite` the next call must begin with the same bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) -> TLSProgress {
        guard !bytes.isEmpty else { return .done(0) }
        var count = 0
        ERR_clear_error()
        let result = SSL_write_ex(handle, bytes.baseAddress, bytes.count, &count)
        return result == 1 ? .done(count) : progress(after: result)
    }

    /// Says goodbye as far as the socket takes it; the socket stays open.
    package func close() {
        guard isOpen, !isBroken else { return }
        isBroken = true
        ERR_clear_error()
        SSL_shutdown(handle)
    }

    // MARK: - Reasons

    private func progress(after result: Int32) -> TLSProgress {
        switch SSL_get_error(handle, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_SSL:
            isBroken = true
            return refusal()
        default:
            isBroken = true
            let reason =
                transport.failure == 0 ? "the peer closed the connection" : String(cString: strerror(transport.failure))
            return .ended(reason)
        }
    }

    private func refusal() -> TLSProgress {
        let verdict = SSL_get_verify_result(handle)
        if verdict != Int(X509_V_OK) {
            return .refused("the certificate is refused: \(String(cString: X509_verify_cert_error_string(verdict)))")
        }
        let reason = Int32(truncatingIfNeeded: ERR_peek_last_error() & 0x7F_FFFF)
        switch reason {
        case SSL_R_WRONG_VERSION_NUMBER: return .refused("the peer does not speak TLS on this port")
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: return .ended("the peer closed the connection")
        // From here on a reason is an alert the peer sent.
        case SSL_AD_REASON_OFFSET...: return .refused("the peer refuses us: \(TLSClientContext.reason())")
        default: return isOpen ? .ended(TLSClientContext.reason()) : .refused(TLSClientContext.reason())
        }
    }
}
