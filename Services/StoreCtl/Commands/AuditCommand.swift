import ArgumentParser
import Console
import ServiceRuntime

/// Who did what.
struct AuditCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows who did what, when and from where, newest first."
    )

    @OptionGroup var options: ToolOptions

    @Option(help: "Only this action, such as store.delete.")
    var action: String?

    @Option(help: "Only about this store: its name or id.")
    var store: String?

    @Option(help: "Only by this user: their id.")
    var actor: String?

    @Option(help: "At most so many.")
    var limit = 50

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is a number from 1 on") }
    }

    func perform(with tool: ControlTool) async throws {
        let api = try tool.api()
        var storeID: String?
        if let store { storeID = try await api.storeID(store) }
        let query = [
            ("action", action), ("storeId", storeID), ("actor", actor), ("limit", "\(min(limit, 100))"),
        ]
        let entries = try await api.all("/api/audit", query: query, limit: limit)
        var table = TextTable(["TIME", "WHO", "ACTION", "STORE", "FROM"])
        for entry in entries {
            table.add(
                entry["at"]?.stringValue ?? "",
                entry.at("actor.name")?.stringValue ?? entry.at("actor.userId")?.stringValue ?? "-",
                entry["action"]?.stringValue ?? "",
                entry["storeId"]?.stringValue ?? "-",
                entry["address"]?.stringValue ?? "-"
            )
        }
        try tool.show(table.lines(empty: "nothing"), ["items": .array(entries)])
    }
}
