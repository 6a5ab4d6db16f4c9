import ArgumentParser
import ServiceRuntime
import StoreDomain

/// Stores, as many as asked for.
struct ListCommand: ControlCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists stores, newest first.")

    @OptionGroup var options: ToolOptions

    @Option(help: "Only with this status.", completion: .list(StoreStatus.allCases.map(\.rawValue)))
    var status: String?

    @Option(help: "Only of this engine.", completion: .list(Engine.allCases.map(\.rawValue)))
    var engine: String?

    @Option(help: "Only of this plan.", completion: .list(Plan.allCases.map(\.rawValue)))
    var plan: String?

    @Option(help: "Only whose name holds this text.")
    var search: String?

    @Option(help: "Such as -createdAt or name.")
    var sort: String?

    @Option(help: "At most so many.")
    var limit = 1_000

    @Flag(help: "Only the names, one a line.")
    var names = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is a number from 1 on") }
    }

    func perform(with tool: ControlTool) async throws {
        let query = [
            ("status", status), ("engine", engine), ("plan", plan), ("q", search), ("sort", sort),
            ("limit", "\(min(limit, 100))"),
        ]
        let stores = try await tool.api().all("/api/stores", query: query, limit: limit)
        let lines = names ? stores.compactMap { $0["name"]?.stringValue } : StoreView(now: tool.now()).table(stores)
        try tool.show(lines, ["items": .array(stores)])
    }
}
