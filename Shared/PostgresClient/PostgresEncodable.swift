package import FoundationEssentials
import ServiceRuntime

/// A value that can stand for `$1`, `$2`, … It travels as text; the server infers the type, so cast in SQL where it
/// cannot (`$1::jsonb`).
package protocol PostgresEncodable: Sendable {
    /// The value as PostgreSQL reads it, or nil for NULL. May not contain the NUL character.
    var postgresText: String? { get }
}

extension String: PostgresEncodable {
    package var postgresText: String? { self }
}

extension Int: PostgresEncodable {
    package var postgresText: String? { String(self) }
}

extension Int64: PostgresEncodable {
    package var postgresText: String? { String(self) }
}

extension Bool: PostgresEncodable {
    package var postgresText: String? { self ? "t" : "f" }
}

extension Date: PostgresEncodable {
    /// UTC, to the millisecond, as everywhere on the platform.
    package var postgresText: String? { RFC3339.format(self) }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package var postgresText: String? { self?.postgresText }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
    /// An array literal; use it as `= ANY($1::text[])`.
    package var postgresText: String? {
        let elements = map { element in
            guard let text = element.postgresText else { return "NULL" }
            let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\"\(escaped)\""
        }
        return "{\(elements.joined(separator: ","))}"
    }
}
