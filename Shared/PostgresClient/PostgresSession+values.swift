extension PostgresSession {
    /// The rows of a statement that was put together at run time, values in the order of their numbers.
    package func query(_ sql: String, values: [any PostgresEncodable]) async throws -> [PostgresRow] {
        try await perform(sql, values.map(\.postgresText)).rows
    }
}
