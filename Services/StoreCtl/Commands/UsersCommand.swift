import ArgumentParser
import Console
import ServiceRuntime

/// People; for admins.
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Manages users; for admins.",
        subcommands: [List.self, Create.self, Update.self, Delete.self],
        defaultSubcommand: List.self
    )

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Lists users.")

        @OptionGroup var options: ToolOptions

        @Option(help: "Only whose name or address holds this text.")
        var search: String?

        func perform(with tool: ControlTool) async throws {
            let users = try await tool.api().all("/api/users", query: [("q", search), ("limit", "100")])
            var table = TextTable(["ID", "EMAIL", "NAME", "ROLE", "STORES", "OF"], numbers: ["STORES", "OF"])
            for user in users {
                table.add(
                    ["id", "email", "name", "role"].map { user[$0]?.stringValue ?? "" }
                        + ["used", "maxStores"].map { "\(user[$0]?.intValue ?? 0)" }
                )
            }
            try tool.show(table.lines(empty: "no users"), ["items": .array(users)])
        }
    }

    struct Create: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Adds a user and shows their key, once.")

        @OptionGroup var options: ToolOptions

        @Argument(help: "Their address.")
        var email: String

        @Option(help: "Their name; else the address.")
        var name: String?

        @Option(help: "What they may do.", completion: .list(["admin", "member", "viewer"]))
        var role = "member"

        @Option(help: "How many stores they may have.")
        var maxStores: Int?

        func perform(with tool: ControlTool) async throws {
            var body: [String: JSONValue] = [
                "email": .string(email), "name": .string(name ?? email), "role": .string(role),
            ]
            if let maxStores { body["maxStores"] = .integer(Int64(maxStores)) }
            let answer = try await tool.api().call(.post, "/api/users", body: .object(body)).json
            tool.note("This is the only time the key is shown.\n")
            try tool.show([answer["apiKey"]?.stringValue ?? ""], answer)
        }
    }

    struct Update: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Changes a user's role, name or limit.")

        @OptionGroup var options: ToolOptions

        @Argument(help: "Their id.")
        var user: String

        @Option(help: "Their name.")
        var name: String?

        @Option(help: "What they may do.", completion: .list(["admin", "member", "viewer"]))
        var role: String?

        @Option(help: "How many stores they may have.")
        var maxStores: Int?

        func perform(with tool: ControlTool) async throws {
            var body: [String: JSONValue] = [:]
            if let name { body["name"] = .string(name) }
            if let role { body["role"] = .string(role) }
            if let maxStores { body["maxStores"] = .integer(Int64(maxStores)) }
            let path = "/api/users/\(PercentEncoding.encode(user))"
            let answer = try await tool.api().call(.patch, path, body: .object(body)).json
            try tool.show(["\(answer["email"]?.stringValue ?? user) is changed."], answer)
        }
    }

    struct Delete: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Removes a user who has no stores.")

        @OptionGroup var options: ToolOptions

        @Argument(help: "Their id.")
        var user: String

        func perform(with tool: ControlTool) async throws {
            _ = try await tool.api().call(.delete, "/api/users/\(PercentEncoding.encode(user))")
            try tool.show(["The user is gone, and their keys with them."], ["deleted": .string(user)])
        }
    }
}
