import Logging
import PostgresClient
import ServiceLifecycle
import ServiceRuntime

/// Brings the schema and the bootstrap admin up to date once the database can be reached, however long that takes.
///
/// Several replicas may start at once. Ends the process where an operator must act: a released migration was edited, or
/// one fails on this database.
struct SchemaInstaller: Service {
    let database: StoreDatabase
    let bootstrapAdmin: BootstrapAdmin?
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await installWhenReachable() }
        // Done; a service that ends would end the process.
        try await gracefulShutdown()
    }

    private func installWhenReachable() async throws {
        let backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(2))
        var failures = 0
        do {
            while true {
                do {
                    return try await install()
                } catch let error as PostgresError where error.isUnavailable {
                    failures += 1
                    let level: Logger.Level = failures == 1 ? .warning : .debug
                    logger.log(level: level, "Waiting for PostgreSQL", metadata: ["error": "\(error)"])
                    try await Task.sleep(for: backoff.delay(attempt: failures, random: .random(in: 0..<1)))
                }
            }
        } catch is CancellationError {}
    }

    /// Once; throws what `PostgresMigrations.apply` and the records throw.
    func install() async throws {
        try await PostgresMigrations(StoreSchema.migrations, logger: logger).apply(with: database.pool)
        database.schemaIsInstalled()
        if let bootstrapAdmin {
            try await BootstrapAdminInstaller(database: database, admin: bootstrapAdmin).install()
        }
        logger.notice("Schema is up to date")
    }
}
