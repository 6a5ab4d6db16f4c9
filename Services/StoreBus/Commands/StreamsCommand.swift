import ArgumentParser
import MessageBus

/// All streams.
struct StreamsCommand: BusCommand {
    static let configuration = CommandConfiguration(commandName: "streams", abstract: "Lists the streams.")

    @OptionGroup var options: ToolOptions

    func perform(with tool: Tool) async throws {
        let view = StreamsView(streams: try await tool.bus.streams(), now: tool.bus.serverTime())
        try tool.show(view.lines, view.json)
    }
}
