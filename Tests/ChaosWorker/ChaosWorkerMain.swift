import ArgumentParser

/// A process that uses the bus and is made to be killed, stopped and starved by the chaos tests.
///
/// Prints one JSON object a line about what it did (`WorkerLine`) and ends when its standard input does.
@main
struct ChaosWorkerMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos-worker",
        abstract: "Uses the bus and says what it did.",
        subcommands: [ConsumeCommand.self, MixedCommand.self, IdleCommand.self, InFlightCommand.self]
    )
}
