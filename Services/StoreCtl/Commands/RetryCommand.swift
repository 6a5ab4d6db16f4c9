import ArgumentParser

/// Another try for a store that failed.
struct RetryCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Tries a failed or degraded store again, with its own secrets and data."
    )

    @OptionGroup var options: ToolOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var target: StoreArgument

    func perform(with tool: ControlTool) async throws {
        let api = try tool.api()
        let accepted = try await api.call(.post, "/api/stores/\(try await api.storeID(target.store))/retry").json
        let store = try await wait.wait(for: accepted, tool, api)
        try tool.show(StoreView(now: tool.now()).lines(store), store)
        try wait.check(store)
    }
}
