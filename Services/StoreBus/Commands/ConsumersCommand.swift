import ArgumentParser
import MessageBus

/// The consumers of one stream and who works for them.
struct ConsumersCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "consumers",
        abstract: "Lists the durable consumers of a stream and the instances that work for them."
    )

    @OptionGroup var options: ToolOptions

    @Argument(help: "The stream's name.")
    var stream: String

    func perform(with tool: Tool) async throws {
        let view = ConsumersView(consumers: try await tool.bus.consumers(of: stream), now: tool.bus.serverTime())
        try tool.show(view.lines, view.json)
    }
}
