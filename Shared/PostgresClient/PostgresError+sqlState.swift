extension PostgresError {
    /// Translates what the server said; https://www.postgresql.org/docs/15/errcodes-appendix.html.
    init(sqlState: String, constraint: String?, message: String) {
        self.init(Self.code(of: sqlState), message, sqlState: sqlState, constraint: constraint)
    }

    static func code(of sqlState: String) -> Code {
        switch sqlState {
        case "23505": .uniqueViolation
        case "23503": .foreignKeyViolation
        case "23514": .checkViolation
        case "23502": .notNullViolation
        case "40001": .serializationFailure
        case "40P01": .deadlock
        case "55P03": .lockNotAvailable
        case "57014": .canceled
        // Shut down, crashed, starting up: the connection ends with each of them.
        case "57P01", "57P02", "57P03", "57P05": .connectionLost
        case "53300": .unreachable
        case "26000": .stalePlan
        case "42P01", "42703", "42704", "42883", "3F000", "3D000": .undefinedObject
        default: code(ofClass: sqlState.prefix(2))
        }
    }

    private static func code(ofClass sqlClass: Substring) -> Code {
        switch sqlClass {
        case "08": .connectionLost
        case "22": .invalidValue
        default: .server
        }
    }
}
