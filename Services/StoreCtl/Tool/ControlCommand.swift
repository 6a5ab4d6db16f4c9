import ArgumentParser

/// One verb of the tool. It only asks and shows; who calls it makes and closes the client.
protocol ControlCommand: AsyncParsableCommand, Sendable {
    var options: ToolOptions { get }

    /// Whether it goes on until somebody ends it, so that being interrupted is no failure.
    var isEndless: Bool { get }

    /// Throws `ToolFailure`, `APIProblem` or what the client throws.
    func perform(with tool: ControlTool) async throws
}

extension ControlCommand {
    var isEndless: Bool { false }
}

/// The options of all commands. The key is none of them: whoever lists processes reads arguments.
struct ToolOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("Where the platform is; else STORECTL_URL, else where you signed in.", valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("ca-file"),
        help: ArgumentHelp("Certificates to trust in place of the system's.", valueName: "file"),
        completion: .file()
    )
    var authority: String?

    @Flag(help: "Print the API's own JSON.")
    var json = false
}

/// The store that a command is about.
struct StoreArgument: ParsableArguments, Sendable {
    @Argument(
        help: "The store's name or id.",
        completion: .shellCommand("storectl list --names 2>/dev/null")
    )
    var store: String
}
