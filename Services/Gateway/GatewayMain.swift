import ArgumentParser
import ServiceRuntime

/// The executable `gateway`: HTTP for people and programs, in front of the bus.
@main
struct GatewayMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Serves the REST API, the dashboard and live updates.",
        version: PlatformVersion.current
    )

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        try await ProcessHost.run(
            Self.configuration.commandName ?? "gateway",
            options: options,
            dependencies: ReadinessRule.names,
            configure: GatewayConfiguration.init,
            build: Self.build
        )
    }
}
