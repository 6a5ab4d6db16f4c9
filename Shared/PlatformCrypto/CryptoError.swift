/// Why a cryptographic operation was refused. Descriptions never contain keys or plaintext.
package struct CryptoError: Error, Hashable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: String, Sendable {
        /// `ENCRYPTION_KEYS` is not `id:base64[,id:base64…]` with keys of 32 bytes.
        case malformedKeys
        /// The text is no sealed box of a known version.
        case malformedBox
        /// The box names a key that is not among the configured ones.
        case unknownKey
        /// The box was altered, or belongs to something else than the associated data says.
        case authenticationFailed
        /// OpenSSL failed in a way that input cannot cause.
        case libraryFailure
    }

    /// For decisions.
    package let code: Code
    /// For people.
    package let message: String

    /// Code and message.
    package var description: String { "\(code.rawValue): \(message)" }
}
