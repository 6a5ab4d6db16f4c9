import ArgumentParser
import ServiceRuntime
import StoreDomain

/// Makes a store, and waits for it where that is asked for.
struct CreateCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Creates a store.",
        discussion: "It is asked for once, however often a connection breaks: an idempotency key goes along."
    )

    @OptionGroup var options: ToolOptions
    @OptionGroup var wait: WaitOptions

    @Argument(help: "Its name: a DNS label of 3 to 40 characters.")
    var name: String

    @Option(help: "What it shall run.", completion: .list(Engine.allCases.map(\.rawValue)))
    var engine = Engine.woocommerce.rawValue

    @Option(help: "How much it may use.", completion: .list(Plan.allCases.map(\.rawValue)))
    var plan: String?

    @Option(help: "Where; else the platform's own region.")
    var region: String?

    @Option(help: "What people shall call it.")
    var displayName: String?

    @Flag(help: "Protect it against deletion.")
    var protect = false

    @Option(help: "Your own idempotency key; else one is made.")
    var idempotencyKey: String?

    func perform(with tool: ControlTool) async throws {
        let api = try tool.api()
        var body: [String: JSONValue] = ["name": .string(name), "engine": .string(engine)]
        if let plan { body["plan"] = .string(plan) }
        if let region { body["region"] = .string(region) }
        if let displayName { body["displayName"] = .string(displayName) }
        if protect { body["deletionProtection"] = true }
        let key = idempotencyKey ?? ULID.generate().string
        let accepted = try await api.call(.post, "/api/stores", body: .object(body), idempotencyKey: key).json
        let store = try await wait.wait(for: accepted, tool, api)
        try tool.show(StoreView(now: tool.now()).lines(store), store)
        try wait.check(store)
    }
}
