import ArgumentParser
import MessageBus
import ServiceRuntime

/// What is remembered of a key.
struct KeyValueHistoryCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Shows what is remembered of a key, oldest first."
    )

    @OptionGroup var options: ToolOptions

    @Argument(help: "The bucket's name.")
    var bucket: String

    @Argument(help: "The key.")
    var key: String

    func perform(with tool: Tool) async throws {
        let views = try await tool.bucket(bucket).history(of: key).map { KeyValueView(entry: $0) }
        try tool.show(views.isEmpty ? ["nothing is remembered of it"] : views.flatMap(\.lines), views.map(\.json))
    }
}
