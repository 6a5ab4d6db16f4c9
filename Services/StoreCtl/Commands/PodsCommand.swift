import ArgumentParser
import Console
import ServiceRuntime

/// What runs of a store.
struct PodsCommand: ControlCommand {
    static let configuration = CommandConfiguration(commandName: "pods", abstract: "Lists a store's pods.")

    @OptionGroup var options: ToolOptions
    @OptionGroup var target: StoreArgument

    func perform(with tool: ControlTool) async throws {
        let api = try tool.api()
        let answer = try await api.call(.get, "/api/stores/\(try await api.storeID(target.store))/pods").json
        var table = TextTable(["POD", "COMPONENT", "PHASE", "READY", "RESTARTS", "CONTAINERS"], numbers: ["RESTARTS"])
        for pod in answer["items"]?.arrayValue ?? [] {
            let containers = (pod["containers"]?.arrayValue ?? []).map { container in
                [container["name"], container["state"], container["reason"]].compactMap { $0?.stringValue }
                    .joined(separator: " ")
            }
            table.add(
                pod["name"]?.stringValue ?? "",
                pod["component"]?.stringValue ?? "",
                pod["phase"]?.stringValue ?? "",
                pod["ready"]?.boolValue == true ? "yes" : "no",
                "\(pod["restarts"]?.intValue ?? 0)",
                containers.joined(separator: ", ")
            )
        }
        try tool.show(table.lines(empty: "no pods"), answer)
    }
}
