/// Why a listener could not start.
package struct HTTPListenerError: Error, Sendable, CustomStringConvertible {
    /// The kind.
    package enum Code: Sendable, Equatable {
        /// The host is not a numeric address.
        case invalidHost
        /// Another process has the port.
        case addressInUse
        /// The system refuses the socket: rights, limits.
        case socket
        /// The library refuses to start.
        case daemon
    }

    /// The kind.
    package let code: Code
    /// A sentence for the log.
    package let message: String

    package var description: String { "\(code): \(message)" }
}
