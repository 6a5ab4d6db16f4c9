import ArgumentParser
import Console
import ServiceRuntime

/// What a store's containers say.
struct LogsCommand: ControlCommand {
    static let configuration = CommandConfiguration(commandName: "logs", abstract: "Shows a container's log.")

    @OptionGroup var options: ToolOptions
    @OptionGroup var target: StoreArgument

    @Option(help: "The pod; else the first of the shop.")
    var pod: String?

    @Option(help: "The container; else the pod's first.")
    var container: String?

    @Option(help: "How many lines from the end.")
    var tail = 200

    @Flag(help: "Of the container that ran before this one.")
    var previous = false

    @Flag(name: .shortAndLong, help: "Go on with what is said now, until interrupted.")
    var follow = false

    var isEndless: Bool { follow }

    func perform(with tool: ControlTool) async throws {
        let api = try tool.api()
        let id = try await api.storeID(target.store)
        let pod = try await chosenPod(api, id)
        let query = [
            ("pod", pod), ("container", container), ("tail", "\(tail)"), ("previous", previous ? "true" : nil),
        ]
        guard follow else {
            let log = try await api.call(.get, "/api/stores/\(id)/logs", query: query).json
            return try tool.show((log["lines"]?.arrayValue ?? []).map(Self.text), log)
        }
        for try await event in try await api.stream("/api/stores/\(id)/logs", query: query + [("follow", "true")]) {
            switch event.name {
            case "line": try tool.show([Self.text(event.json)], event.json)
            case "end":
                tool.note("\(event.json["reason"]?.stringValue ?? "The log has ended.")\n")
                return
            default: continue
            }
        }
    }

    /// The one that was asked for; else the shop's own.
    private func chosenPod(_ api: PlatformAPI, _ id: String) async throws -> String {
        if let pod { return pod }
        let pods = try await api.call(.get, "/api/stores/\(id)/pods").json["items"]?.arrayValue ?? []
        let shop = pods.first { ["wordpress", "medusa"].contains($0["component"]?.stringValue) } ?? pods.first
        guard let name = shop?["name"]?.stringValue else { throw ToolFailure(.notFound, "the store has no pods now") }
        return name
    }

    private static func text(_ line: JSONValue) -> String { PrintableText.oneLine(line["text"]?.stringValue ?? "") }
}
