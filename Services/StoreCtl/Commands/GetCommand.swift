import ArgumentParser

/// One store.
struct GetCommand: ControlCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Shows a store.")

    @OptionGroup var options: ToolOptions
    @OptionGroup var target: StoreArgument

    func perform(with tool: ControlTool) async throws {
        let store = try await tool.api().store(target.store)
        try tool.show(StoreView(now: tool.now()).lines(store), store)
    }
}
