import ArgumentParser
import ServiceRuntime

/// The executable `metrics-collector`: what the platform measures, for Prometheus and for the dashboard.
@main
struct MetricsCollectorMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics-collector",
        abstract: "Collects the platform's metrics from the bus and shows them to Prometheus.",
        version: PlatformVersion.current
    )

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        try await ProcessHost.run(
            Self.configuration.commandName ?? "metrics-collector",
            options: options,
            dependencies: ["redis"],
            configure: MetricsCollectorConfiguration.init,
            build: Self.build
        )
    }
}
