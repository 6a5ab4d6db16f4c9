import COpenSSL
import Glibc

/// What OpenSSL reads from and writes to: a socket, by system calls of our own.
///
/// OpenSSL's own socket layer writes without MSG_NOSIGNAL, and a peer that went away would end the process.
final class TLSTransport {
    let descriptor: Int32
    private(set) var hasEnded = false
    /// The error of the last system call that failed for good.
    private(set) var failure: Int32 = 0

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// A `BIO *` over this transport, which must outlive it.
    func makeBIO() -> OpaquePointer? {
        guard let bio = BIO_new(Self.method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    /// One table of functions for the process, as OpenSSL wants it; never changed.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals") else {
            return nil
        }
        BIO_meth_set_read(method) { bio, buffer, count in
            TLSTransport.call(bio, BIO_FLAGS_READ) { recv($0.descriptor, buffer, Int(count), 0) }
        }
        BIO_meth_set_write(method) { bio, bytes, count in
            TLSTransport.call(bio, BIO_FLAGS_WRITE) { send($0.descriptor, bytes, Int(count), Int32(MSG_NOSIGNAL)) }
        }
        // Nothing is kept back, so there is nothing to flush; all other questions get a no.
        BIO_meth_set_ctrl(method) { _, question, _, _ in question == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()

    private static func call(_ bio: OpaquePointer?, _ direction: Int32, _ body: (TLSTransport) -> Int) -> Int32 {
        guard let data = BIO_get_data(bio) else { return -1 }
        let transport = Unmanaged<TLSTransport>.fromOpaque(data).takeUnretainedValue()
        BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
        while true {
            let count = body(transport)
            if count > 0 { return Int32(count) }
            if count == 0 {
                transport.hasEnded = true
                return 0
            }
            if errno == EINTR { continue }
            if errno == EAGAIN {
                BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY)
            } else {
                transport.failure = errno
            }
            return -1
        }
    }
}
