import ArgumentParser

/// One verb of the tool. It only asks and shows; who calls it opens and closes the bus.
protocol BusCommand: AsyncParsableCommand, Sendable {
    var options: ToolOptions { get }

    /// Whether it goes on until somebody ends it, so that being interrupted is no failure.
    var isEndless: Bool { get }

    /// Throws `ToolError`, `BusError` or `ExitCode`; returns when its task is cancelled.
    func perform(with tool: Tool) async throws
}

extension BusCommand {
    var isEndless: Bool { false }
}

/// The options of all commands.
struct ToolOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("Where Redis is; else REDIS_URL.", valueName: "url"))
    var redis: String?

    @Option(
        help: ArgumentHelp("Which platform among several on one Redis; else BUS_CELL, else 'local'.", valueName: "name")
    )
    var cell: String?

    @Flag(help: "Print JSON, one object a line.")
    var json = false
}
