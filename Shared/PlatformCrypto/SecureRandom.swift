import COpenSSL

/// Randomness nobody can guess, from OpenSSL's generator. May be used from any thread.
package enum SecureRandom {
    /// That many random bytes. Throws only when the system has no entropy.
    package static func bytes(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, count))
        guard bytes.isEmpty || RAND_bytes(&bytes, Int32(bytes.count)) == 1 else {
            throw CryptoError(code: .libraryFailure, message: "no random bytes available")
        }
        return bytes
    }

    /// A token of that many random bytes in base64url: 32 bytes give 43 characters and 256 bits.
    package static func token(bytes count: Int = 32) throws -> String { Base64URL.encode(try bytes(count)) }
}
