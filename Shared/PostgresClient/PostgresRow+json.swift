package import ServiceRuntime

extension JSONValue: PostgresEncodable {
    /// JSON text; cast the parameter: `$1::jsonb`. A value JSON cannot hold (NaN) becomes NULL.
    package var postgresText: String? {
        do {
            return try PlatformJSON.encodeString(self)
        } catch {
            return nil
        }
    }
}

extension JSONValue: PostgresDecodable {
    package init(postgresText text: String?) throws {
        self = try PlatformJSON.decode(from: Array(try String(postgresText: text).utf8))
    }
}

extension PostgresRow {
    /// A `json` or `jsonb` column as a value of a fixed shape; nil for NULL. Throws `PostgresError.Code.decoding`.
    package func decodeJSON<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let text = try decode(column, as: String?.self) else { return nil }
        do {
            return try PlatformJSON.decode(type, from: Array(text.utf8))
        } catch {
            throw PostgresError(.decoding, "column \(column) does not hold a \(Value.self)", cause: error)
        }
    }
}
