import ArgumentParser
import Foundation
import PlatformCrypto
import PostgresClient
import ServiceRuntime

/// `store-service reseal`: ends the use of an old encryption key. See README.md, "Credentials".
struct ResealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reseal",
        abstract: "Seals every kept password anew under the first of ENCRYPTION_KEYS.",
        discussion: """
            Reads DATABASE_URL and ENCRYPTION_KEYS. Safe while the platform runs, and to be repeated. Ends with 1 while \
            something is not under the first key.
            """
    )

    func run() async throws {
        try await ProcessHost.perform("store-service reseal", configure: ResealConfiguration.init) { configuration in
            let report = try await StoreServiceMain.reseal(configuration)
            print(report.lines(current: configuration.keys.currentID).joined(separator: "\n"))
            guard report.byKey.keys.allSatisfy({ $0 == configuration.keys.currentID }), report.unreadable.isEmpty else {
                throw ExitCode.failure
            }
        }
    }
}

/// What sealing anew is told from outside.
struct ResealConfiguration: Sendable {
    let postgres: PostgresConfiguration
    let keys: SealingKeys

    /// Reads the two settings.
    init(_ settings: SettingsReader) throws {
        let database = StoreServiceConfiguration.database(settings)
        let keys = settings.sealingKeys()
        self.init(
            postgres: PostgresConfiguration(
                url: try settings.require(database),
                poolSize: 2,
                applicationName: "store-service reseal"
            ),
            keys: try settings.require(keys)
        )
    }

    init(postgres: PostgresConfiguration, keys: SealingKeys) {
        self.postgres = postgres
        self.keys = keys
    }
}
