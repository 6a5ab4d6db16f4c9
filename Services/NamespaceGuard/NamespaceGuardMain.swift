import ArgumentParser
import ServiceRuntime

/// The executable `namespace-guard`: the only part of the platform that makes and deletes namespaces.
@main
struct NamespaceGuardMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "namespace-guard",
        abstract: "Secures the namespaces of stores and proves that they are gone.",
        version: PlatformVersion.current
    )

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        try await ProcessHost.run(
            Self.configuration.commandName ?? "namespace-guard",
            options: options,
            dependencies: ["redis", "kubernetes"],
            configure: NamespaceGuardConfiguration.init,
            build: Self.build
        )
    }
}
