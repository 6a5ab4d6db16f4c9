import ArgumentParser

/// The operator's tool of the bus.
@main
struct StoreBusMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "store-bus", abstract: "Looks into the bus.")
}
