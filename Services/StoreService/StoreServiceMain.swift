import ArgumentParser
import ServiceRuntime

/// The executable `store-service`: owns PostgreSQL, and is the only writer of a store's status.
@main
struct StoreServiceMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store-service",
        abstract: "Keeps stores, operations, events and users, and moves each store through its life.",
        version: PlatformVersion.current,
        subcommands: [ResealCommand.self]
    )

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        try await ProcessHost.run(
            Self.configuration.commandName ?? "store-service",
            options: options,
            dependencies: ["redis", "postgres"],
            configure: StoreServiceConfiguration.init,
            build: Self.build
        )
    }
}
