import ArgumentParser
import ServiceRuntime

/// How a store's admin is entered.
struct CredentialsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credentials",
        abstract: "Shows a store's admin password, or changes it.",
        subcommands: [Reveal.self, Rotate.self],
        defaultSubcommand: Reveal.self
    )

    struct Reveal: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Shows them; the audit tells that you looked.")

        @OptionGroup var options: ToolOptions
        @OptionGroup var target: StoreArgument

        func perform(with tool: ControlTool) async throws {
            let api = try tool.api()
            let id = try await api.storeID(target.store)
            let answer = try await api.call(.post, "/api/stores/\(id)/credentials/reveal").json
            try tool.show(
                ["adminUrl", "user", "password"].map { StoreView.fact($0, answer[$0]?.stringValue ?? "") },
                answer
            )
        }
    }

    struct Rotate: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Changes the admin's password.")

        @OptionGroup var options: ToolOptions
        @OptionGroup var wait: WaitOptions
        @OptionGroup var target: StoreArgument

        @Flag(help: "The database's too; the shop starts anew for a moment.")
        var database = false

        func perform(with tool: ControlTool) async throws {
            let api = try tool.api()
            let path = "/api/stores/\(try await api.storeID(target.store))/credentials/rotate"
            let body: JSONValue = database ? ["database": true] : [:]
            let accepted = try await api.call(.post, path, body: body).json
            let id = accepted.at("operation.id")?.stringValue ?? ""
            let store = try await wait.wait(for: accepted, tool, api)
            let operation = try await api.call(.get, "/api/operations/\(id)").json
            try tool.show(["The change is \(operation["status"]?.stringValue ?? "?")."], operation)
            if operation["status"]?.stringValue == "failed" { throw ExitStatus.failed.code }
            try wait.check(store)
        }
    }
}
