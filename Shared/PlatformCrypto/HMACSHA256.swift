import COpenSSL

/// A message authentication code by HMAC with SHA-256 (RFC 2104): says that who sent a message knew the key.
package struct HMACSHA256: Sendable, Hashable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// Authenticates the UTF-8 bytes of a text with a key of any length.
    package init(of text: String, key: some Collection<UInt8>) {
        let input = Array(text.utf8)
        let key = Array(key)
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        // The one-shot function cannot fail when it is given an output buffer.
        _ = HMAC(EVP_sha256(), key, Int32(key.count), input, input.count, &code, nil)
        bytes = code
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { Hexadecimal.text(bytes) }
}
