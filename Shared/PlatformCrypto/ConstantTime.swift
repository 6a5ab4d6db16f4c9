import COpenSSL

/// Comparing secrets without telling by the time it takes where they differ.
package enum ConstantTime {
    /// True when both are the same. Only their lengths can be learned from the time this takes.
    package static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        let (left, right) = (Array(left), Array(right))
        return left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// The same for texts, compared by their UTF-8 bytes.
    package static func equal(_ left: String, _ right: String) -> Bool { equal(left.utf8, right.utf8) }
}
