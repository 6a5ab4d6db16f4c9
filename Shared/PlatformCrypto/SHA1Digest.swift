import COpenSSL

/// A SHA-1 digest: the name by which Redis knows a script. Never for security.
package struct SHA1Digest: Sendable, Hashable {
    /// The 20 bytes.
    package let bytes: [UInt8]

    /// Hashes the UTF-8 bytes of a text.
    package init(of text: String) {
        let input = Array(text.utf8)
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        // The one-shot function cannot fail when it is given an output buffer.
        _ = SHA1(input, input.count, &digest)
        bytes = digest
    }

    /// 40 lower-case hexadecimal digits.
    package var hex: String { Hexadecimal.text(bytes) }
}
