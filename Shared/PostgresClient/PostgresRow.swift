/// One row of a result: a copy, independent of the connection it came from.
package struct PostgresRow: Sendable {
    private let columns: [String: Int]
    private let values: [String?]

    init(columns: [String: Int], values: [String?]) {
        self.columns = columns
        self.values = values
    }

    /// The column as the type the caller asks for; use an optional type for nullable columns. Throws
    /// `PostgresError.Code.decoding` with the column's name.
    package func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let index = columns[column] else {
            throw PostgresError(.decoding, "no column named \(column)")
        }
        do {
            return try Value(postgresText: values[index])
        } catch {
            throw PostgresError(.decoding, "column \(column) is not a \(Value.self)", cause: error)
        }
    }
}

/// What a statement returned.
package struct PostgresResult: Sendable {
    package let rows: [PostgresRow]
    /// Rows inserted, updated, deleted or selected.
    package let affectedRows: Int
}
