/// Why TLS could not be set up. Descriptions name files, never their contents.
package struct TLSError: Error, Hashable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: String, Sendable {
        /// A certificate or key file is missing, unreadable or does not fit the others.
        case unusableFile
        /// OpenSSL failed in a way that settings cannot cause.
        case libraryFailure
    }

    /// For decisions.
    package let code: Code
    /// For people.
    package let message: String

    /// Code and message.
    package var description: String { "\(code.rawValue): \(message)" }
}
