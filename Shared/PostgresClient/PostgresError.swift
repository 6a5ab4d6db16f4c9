/// Why a statement, a connection or the pool refused.
///
/// `description` is safe to log: it holds the code, the SQLSTATE and the constraint, never values. `message` is the
/// server's own primary message, which may quote data.
package struct PostgresError: Error {
    /// What happened, in the words callers decide on. Never decide on `message`.
    package enum Code: String, Sendable {
        /// No connection could be made, or the pool is waiting out its backoff after such a failure.
        case unreachable
        /// An open connection broke; nothing of an uncommitted transaction remains.
        case connectionLost
        /// The connection broke while COMMIT was on its way: it may or may not have happened.
        case outcomeUnknown
        /// Every connection stayed busy for as long as the caller was ready to wait.
        case poolTimeout
        /// The pool has been closed.
        case poolClosed
        /// The session was used after its lease, or by two tasks at once.
        case misuse

        case uniqueViolation
        case foreignKeyViolation
        case checkViolation
        case notNullViolation
        case invalidValue
        /// Another transaction was in the way; the whole transaction may simply be repeated.
        case serializationFailure
        case deadlock
        case lockNotAvailable
        /// The statement ran longer than allowed, or its task was cancelled.
        case canceled
        /// The server forgot a prepared statement or its plan no longer fits; the connection's cache is dropped.
        case stalePlan
        case undefinedObject
        /// A column was missing, null, or not of the asked type.
        case decoding
        case migration
        /// Everything else the server says; see `sqlState`.
        case server
    }

    package let code: Code
    /// The five characters of the SQL standard, where the server named one.
    package let sqlState: String?
    /// The violated constraint's name.
    package let constraint: String?
    package let message: String
    package let cause: (any Error)?

    /// Makes an error with everything that is known about it.
    package init(
        _ code: Code,
        _ message: String,
        sqlState: String? = nil,
        constraint: String? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.constraint = constraint
        self.cause = cause
    }

    /// Whether repeating the whole transaction may succeed and cannot apply it twice.
    package var retriesTransaction: Bool {
        switch code {
        case .serializationFailure, .deadlock, .connectionLost, .stalePlan: true
        default: false
        }
    }

    /// Whether the database as a whole is away: the caller should answer "try later" rather than "wrong".
    package var isUnavailable: Bool {
        switch code {
        case .unreachable, .connectionLost, .outcomeUnknown, .poolTimeout, .poolClosed: true
        default: false
        }
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        var text = "PostgresError.\(code.rawValue)"
        if let sqlState { text += " sqlstate=\(sqlState)" }
        if let constraint { text += " constraint=\(constraint)" }
        return text
    }

    package var debugDescription: String { "\(description): \(message)" }
}
