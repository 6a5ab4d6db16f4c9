import COpenSSL

/// A SHA-256 digest.
package struct SHA256Digest: Sendable, Hashable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// Hashes the bytes.
    package init(of input: some Collection<UInt8>) {
        let input = Array(input)
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        // The one-shot function cannot fail when it is given an output buffer.
        _ = SHA256(input, input.count, &digest)
        self.bytes = digest
    }

    /// Hashes the UTF-8 bytes of a text.
    package init(of text: String) { self.init(of: text.utf8) }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { Hexadecimal.text(bytes) }
}
