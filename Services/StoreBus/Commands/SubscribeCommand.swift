import ArgumentParser
import MessageBus
import ServiceRuntime

/// Shows what passes a filter, as long as it is not ended.
struct SubscribeCommand: BusCommand {
    static let configuration = CommandConfiguration(
        commandName: "sub",
        abstract: "Shows the messages of the core plane that pass a filter.",
        discussion: "With --queue it takes part in the work of that group: what it shows, no other member gets."
    )

    @OptionGroup var options: ToolOptions

    @Argument(help: "Such as 'stores.>' or 'store.*.create'.", transform: Arguments.filter)
    var filter: SubjectFilter

    @Option(help: "Join this queue group.")
    var queue: String?

    @Option(help: "End after so many messages.", transform: Arguments.count)
    var count: Int?

    var isEndless: Bool { true }

    func perform(with tool: Tool) async throws {
        let messages = try await tool.bus.subscribe(to: filter, queueGroup: queue)
        var left = count
        for try await message in messages {
            let view = MessageView(message: message, time: tool.bus.serverTime())
            try tool.show(view.lines + [""], [view.json])
            left? -= 1
            if left == 0 { break }
        }
        messages.cancel()
    }
}
