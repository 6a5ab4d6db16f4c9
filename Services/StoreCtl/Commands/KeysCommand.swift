import ArgumentParser
import Console
import ServiceRuntime

/// Keys: one's own, or for admins anyone's.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Manages API keys.",
        subcommands: [List.self, Create.self, Rotate.self, Revoke.self],
        defaultSubcommand: List.self
    )

    /// Whose keys they are.
    struct Owner: ParsableArguments, Sendable {
        @Option(help: "Whose; else your own.")
        var user = "me"

        var path: String { "/api/users/\(PercentEncoding.encode(user))/keys" }
    }

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Lists keys.")

        @OptionGroup var options: ToolOptions
        @OptionGroup var owner: Owner

        func perform(with tool: ControlTool) async throws {
            let keys = try await tool.api().all(owner.path)
            let view = StoreView(now: tool.now())
            var table = TextTable(["ID", "NAME", "PREFIX", "SCOPES", "AGE", "LAST USED", "EXPIRES", "REVOKED"])
            for key in keys {
                table.add(
                    key["id"]?.stringValue ?? "",
                    key["name"]?.stringValue ?? "",
                    key["prefix"]?.stringValue ?? "",
                    (key["scopes"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ","),
                    view.age(key["createdAt"]),
                    view.age(key["lastUsedAt"]),
                    key["expiresAt"]?.stringValue ?? "-",
                    key["revokedAt"]?.stringValue ?? "-"
                )
            }
            try tool.show(table.lines(empty: "no keys"), ["items": .array(keys)])
        }
    }

    struct Create: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a key and shows it, once.")

        @OptionGroup var options: ToolOptions
        @OptionGroup var owner: Owner

        @Option(help: "What it is for.")
        var name: String?

        @Option(help: "What it may do: read, write, reveal; may be repeated.")
        var scope: [String] = []

        @Option(help: "When it ends, as an RFC 3339 time.")
        var expires: String?

        func perform(with tool: ControlTool) async throws {
            var body: [String: JSONValue] = [:]
            if let name { body["name"] = .string(name) }
            if !scope.isEmpty { body["scopes"] = .array(scope.map { .string($0) }) }
            if let expires { body["expiresAt"] = .string(expires) }
            let answer = try await tool.api().call(.post, owner.path, body: .object(body)).json
            try tool.showOnce(answer)
        }
    }

    struct Rotate: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key that takes another's place and shows it, once; the old one ends after the overlap."
        )

        @OptionGroup var options: ToolOptions
        @OptionGroup var owner: Owner

        @Argument(help: "The key's id.")
        var key: String

        @Option(help: ArgumentHelp("For how long both are good.", valueName: "seconds"))
        var overlap: Int?

        func perform(with tool: ControlTool) async throws {
            let path = "\(owner.path)/\(PercentEncoding.encode(key))/rotate"
            let body: JSONValue = overlap.map { ["overlapSeconds": .integer(Int64($0))] } ?? [:]
            try tool.showOnce(try await tool.api().call(.post, path, body: body).json)
        }
    }

    struct Revoke: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Ends a key at once.")

        @OptionGroup var options: ToolOptions
        @OptionGroup var owner: Owner

        @Argument(help: "The key's id.")
        var key: String

        func perform(with tool: ControlTool) async throws {
            _ = try await tool.api().call(.delete, "\(owner.path)/\(PercentEncoding.encode(key))")
            try tool.show(["The key is good for nothing now."], ["revoked": .string(key)])
        }
    }
}

extension ControlTool {
    /// A new key, which the API shows this one time.
    fileprivate func showOnce(_ answer: JSONValue) throws {
        note("This is the only time the key is shown.\n")
        try show([answer["apiKey"]?.stringValue ?? ""], answer)
    }
}
