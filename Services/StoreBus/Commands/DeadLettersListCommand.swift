import ArgumentParser
import MessageBus

/// The dead letters of a stream, a line each.
struct DeadLettersListCommand: BusCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists dead letters, oldest first.")

    @OptionGroup var options: ToolOptions

    @Argument(help: "The stream's name.")
    var stream: String

    @Option(help: "At most so many.", transform: Arguments.count)
    var limit: Int = 50

    @Option(help: "Only those after this dead letter.", transform: Arguments.streamID)
    var after: StreamID = .zero

    func perform(with tool: Tool) async throws {
        let letters = try await tool.bus.deadLetters(of: stream, after: after, limit: limit)
        let total = try await tool.bus.stream(stream).deadLetters
        let view = DeadLettersView(letters: letters, total: total, now: tool.bus.serverTime())
        try tool.show(view.lines, view.json)
    }
}
