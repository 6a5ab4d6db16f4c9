import ArgumentParser
import ServiceRuntime

/// The executable `store-bus`: looks into the bus, and mends what an operator mends.
@main
struct StoreBusMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store-bus",
        abstract: "Looks into the bus.",
        discussion: """
            Where Redis is and which platform is meant comes from --redis and --cell, else from REDIS_URL and BUS_CELL, as \
            in the services. Ends with 0, with 1 when something could not be done, with 2 when it was called wrongly.
            """,
        version: PlatformVersion.current,
        subcommands: [
            PingCommand.self, SubscribeCommand.self, PublishCommand.self, RequestCommand.self, StreamsCommand.self,
            ConsumersCommand.self, DeadLettersCommand.self, KeyValueCommand.self, TopCommand.self,
        ]
    )

    static func main() async {
        exit(withError: ExitCode(await CommandHost.run(Array(CommandLine.arguments.dropFirst()))))
    }
}
