import ArgumentParser
import MessageBus

/// One dead letter with everything that is known of it.
struct DeadLettersShowCommand: BusCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows one dead letter whole.")

    @OptionGroup var options: ToolOptions

    @Argument(help: "The stream's name.")
    var stream: String

    @Argument(help: "The dead letter's id, as 'dlq list' tells it.", transform: Arguments.streamID)
    var id: StreamID

    func perform(with tool: Tool) async throws {
        let found = try await tool.bus.deadLetters(of: stream, after: id.predecessor, limit: 1)
        guard let letter = found.first, letter.id == id else {
            throw ToolError("stream \(stream) has no dead letter \(id)")
        }
        let view = MessageView(message: letter.message, id: letter.id)
        try tool.show(view.lines, [view.json])
    }
}
