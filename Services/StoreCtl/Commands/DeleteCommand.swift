import ArgumentParser
import ServiceRuntime

/// The end of a store.
struct DeleteCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes a store with all its data.",
        discussion: "Its name is asked for, unless --yes says that it is meant."
    )

    @OptionGroup var options: ToolOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var target: StoreArgument

    @Flag(help: "Do not ask.")
    var yes = false

    func perform(with tool: ControlTool) async throws {
        let api = try tool.api()
        let store = try await api.store(target.store)
        let name = store["name"]?.stringValue ?? ""
        if !yes {
            let typed = try await tool.readLine("This deletes \(name) with all its data. Type its name to go on: ")
            guard typed == name else { throw ToolFailure(.usage, "nothing was deleted: the name was not typed") }
        }
        let accepted = try await api.call(.delete, "/api/stores/\(store["id"]?.stringValue ?? "")").json
        let left = try await wait.wait(for: accepted, tool, api)
        let said = left.isNull ? "\(name) is gone." : "\(name) is being deleted."
        try tool.show([said], left.isNull ? ["deleted": .string(name)] : accepted)
    }
}
