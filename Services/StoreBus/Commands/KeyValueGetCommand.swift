import ArgumentParser
import Console
import MessageBus
import ServiceRuntime

/// One value, as it is.
struct KeyValueGetCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Shows the value of a key; ends with 1 where there is none."
    )

    @OptionGroup var options: ToolOptions

    @Argument(help: "The bucket's name.")
    var bucket: String

    @Argument(help: "The key.")
    var key: String

    func perform(with tool: Tool) async throws {
        guard let entry = try await tool.bucket(bucket).get(key) else {
            throw ToolError("bucket \(bucket) has no value for \(key)")
        }
        let view = KeyValueView(entry: entry)
        try tool.show(PrintableText.body(entry.value), [view.json])
    }
}
