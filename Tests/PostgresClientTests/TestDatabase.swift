import Logging
import PostgresClient
import TestSupport

enum TestDatabase {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A pool on an empty database of its own.
    static func pool(size: Int = 4, acquireTimeout: Duration = .seconds(10)) async throws -> PostgresPool {
        var configuration = try await TestPostgres.sharedServer().makeDatabase(poolSize: size)
        configuration.acquireTimeout = acquireTimeout
        return PostgresPool(configuration, logger: logger)
    }
}
