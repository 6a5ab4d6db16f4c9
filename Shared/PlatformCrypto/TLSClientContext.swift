import COpenSSL

/// Whom a TLS client trusts and what it shows of itself.
package struct TLSClientSettings: Hashable, Sendable {
    /// A PEM file of certificate authorities in place of the system's.
    package var authorityFile: String?
    /// A PEM file with the client's certificate, followed by what links it to its authority.
    package var certificateFile: String?
    /// A PEM file with the client's key, not encrypted.
    package var keyFile: String?

    /// The defaults trust the system's authorities and show nothing.
    package init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// The files of a TLS client, read and checked, from which sessions are made: TLS 1.2 or newer, the peer's certificate
/// always verified.
///
/// Making one reads files and takes milliseconds, so never on an event loop. Afterwards safe from any thread.
package final class TLSClientContext: @unchecked Sendable {
    // Why unchecked: nothing changes an `SSL_CTX` after it is made, and OpenSSL counts its references atomically.

    /// An `SSL_CTX *`.
    let handle: OpaquePointer

    /// Throws `TLSError` with the file at fault.
    package init(_ settings: TLSClientSettings) throws {
        guard let handle = SSL_CTX_new(TLS_client_method()) else {
            throw TLSError(code: .libraryFailure, message: "no memory for TLS")
        }
        self.handle = handle
        // The names SSL_CTX_set_min_proto_version and SSL_CTX_set_mode are macros of these.
        SSL_CTX_ctrl(handle, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        let modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
        SSL_CTX_ctrl(handle, SSL_CTRL_MODE, Int(modes), nil)
        // Without renegotiation a write never has to wait for something to read. SSL_OP_NO_RENEGOTIATION and
        // SSL_OP_NO_COMPRESSION are macros with a cast that Swift does not see: bits 30 and 17.
        SSL_CTX_set_options(handle, 1 << 30 | 1 << 17)
        SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
        try trust(settings.authorityFile)
        try show(settings)
    }

    deinit { SSL_CTX_free(handle) }

    private func trust(_ file: String?) throws {
        ERR_clear_error()
        guard let file else {
            guard SSL_CTX_set_default_verify_paths(handle) == 1 else {
                throw TLSError(code: .libraryFailure, message: "the system's certificate authorities cannot be read")
            }
            return
        }
        guard SSL_CTX_load_verify_file(handle, file) == 1 else {
            throw TLSError(code: .unusableFile, message: "no certificate authorities in \(file): \(Self.reason())")
        }
    }

    private func show(_ settings: TLSClientSettings) throws {
        guard let certificate = settings.certificateFile, let key = settings.keyFile else { return }
        ERR_clear_error()
        guard SSL_CTX_use_certificate_chain_file(handle, certificate) == 1 else {
            throw TLSError(code: .unusableFile, message: "no certificate in \(certificate): \(Self.reason())")
        }
        guard SSL_CTX_use_PrivateKey_file(handle, key, SSL_FILETYPE_PEM) == 1 else {
            throw TLSError(code: .unusableFile, message: "no key for that certificate in \(key): \(Self.reason())")
        }
    }

    /// The reason of the newest of OpenSSL's errors on this thread.
    static func reason() -> String {
        ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) } ?? "unknown reason"
    }
}
