/// A statement and what stands for `$1`, `$2`, … in it.
package struct PostgresStatement: Sendable {
    let sql: String
    let values: [String?]

    /// Made when the values are known; run by `PostgresSession.queryAll`.
    package init(_ sql: String, _ values: any PostgresEncodable...) {
        self.sql = sql
        self.values = values.map(\.postgresText)
    }

    init(_ sql: String, values: [String?] = []) {
        self.sql = sql
        self.values = values
    }
}
