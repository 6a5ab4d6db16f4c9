package import FoundationEssentials
import ServiceRuntime

/// A value that can be read from a column's text form.
package protocol PostgresDecodable {
    /// Reads the value; nil text is NULL. Throws `PostgresError.Code.decoding`.
    init(postgresText: String?) throws
}

extension PostgresDecodable {
    fileprivate static func required(_ text: String?) throws -> String {
        guard let text else { throw PostgresError(.decoding, "null where \(Self.self) is expected") }
        return text
    }

    fileprivate static func mismatch() -> PostgresError {
        PostgresError(.decoding, "not a value of type \(Self.self)")
    }
}

extension String: PostgresDecodable {
    package init(postgresText text: String?) throws { self = try Self.required(text) }
}

extension Int: PostgresDecodable {
    package init(postgresText text: String?) throws {
        guard let value = Int(try Self.required(text)) else { throw Self.mismatch() }
        self = value
    }
}

extension Int64: PostgresDecodable {
    package init(postgresText text: String?) throws {
        guard let value = Int64(try Self.required(text)) else { throw Self.mismatch() }
        self = value
    }
}

extension Double: PostgresDecodable {
    package init(postgresText text: String?) throws {
        guard let value = Double(try Self.required(text)) else { throw Self.mismatch() }
        self = value
    }
}

extension Bool: PostgresDecodable {
    package init(postgresText text: String?) throws {
        switch try Self.required(text) {
        case "t": self = true
        case "f": self = false
        default: throw Self.mismatch()
        }
    }
}

extension Date: PostgresDecodable {
    package init(postgresText text: String?) throws {
        // Sessions are set to UTC and ISO, so only `2026-01-02 03:04:05[.123456]+00` occurs: RFC 3339 but for the
        // minutes.
        let text = try Self.required(text)
        guard text.hasSuffix("+00"), let value = RFC3339.parse("\(text):00") else { throw Self.mismatch() }
        self = value
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package init(postgresText text: String?) throws {
        self = try text.map { try Wrapped(postgresText: $0) }
    }
}
