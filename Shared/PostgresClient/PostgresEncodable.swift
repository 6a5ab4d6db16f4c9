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
    /// An array literal; use it as `= ANY($1::text[])` or `unnest($1::text[])`.
    package var postgresText: String? {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for element in self {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            guard var text = element.postgresText else {
                bytes.append(contentsOf: "NULL".utf8)
                continue
            }
            bytes.append(quote)
            text.withUTF8 { utf8 in
                guard utf8.contains(where: { $0 == quote || $0 == backslash }) else {
                    return bytes.append(contentsOf: utf8)
                }
                for byte in utf8 {
                    if byte == quote || byte == backslash { bytes.append(backslash) }
                    bytes.append(byte)
                }
            }
            bytes.append(quote)
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
