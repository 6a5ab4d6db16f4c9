import ArgumentParser
import ServiceRuntime

/// The executable `provisioner`: brings stores into a region's cluster and takes them out again.
@main
struct ProvisionerMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provisioner",
        abstract: "Provisions stores: secrets, Helm release, setup and proof.",
        version: PlatformVersion.current
    )

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        try await ProcessHost.run(
            Self.configuration.commandName ?? "provisioner",
            options: options,
            dependencies: ["redis", "kubernetes", "helm"],
            configure: ProvisionerConfiguration.init,
            build: Self.build
        )
    }
}
