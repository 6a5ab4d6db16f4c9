import ArgumentParser
import ServiceRuntime

/// Who the key belongs to.
struct MeCommand: ControlCommand {
    static let configuration = CommandConfiguration(commandName: "me", abstract: "Shows who you are here.")

    @OptionGroup var options: ToolOptions

    func perform(with tool: ControlTool) async throws {
        let me = try await tool.api().call(.get, "/api/me").json
        let scopes = me.at("key.scopes")?.arrayValue?.compactMap(\.stringValue).joined(separator: ", ")
        try tool.show(
            [
                StoreView.fact("id", me["id"]?.stringValue ?? ""),
                StoreView.fact("email", me["email"]?.stringValue ?? ""),
                StoreView.fact("name", me["name"]?.stringValue ?? ""),
                StoreView.fact("role", me["role"]?.stringValue ?? ""),
                StoreView.fact("stores", "\(me["used"]?.intValue ?? 0) of \(me["maxStores"]?.intValue ?? 0)"),
                StoreView.fact("key", "\(me.at("key.prefix")?.stringValue ?? "-") (\(scopes ?? "all"))"),
            ],
            me
        )
    }
}
