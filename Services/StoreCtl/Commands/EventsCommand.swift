import ArgumentParser
import ServiceRuntime

/// A store's timeline.
struct EventsCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Shows a store's timeline, oldest first."
    )

    @OptionGroup var options: ToolOptions
    @OptionGroup var target: StoreArgument

    @Flag(name: .shortAndLong, help: "Go on with what happens now, until interrupted.")
    var follow = false

    var isEndless: Bool { follow }

    func perform(with tool: ControlTool) async throws {
        let api = try tool.api()
        let id = try await api.storeID(target.store)
        // Opened before the list is read: what happens in between comes twice, and is shown once.
        var stream = follow ? try await api.stream("/api/events") : nil
        var last = try await showNew(of: id, after: 0, tool, api)
        var lastID: String?
        while let open = stream {
            do {
                for try await event in open {
                    lastID = event.id ?? lastID
                    let entry = event.json
                    guard event.name == "event", entry["storeId"]?.stringValue == id else { continue }
                    if let number = entry["id"]?.intValue, number > last {
                        last = number
                        try tool.show([EventLine.text(entry)], entry)
                    }
                }
            } catch is CancellationError {
                return
            } catch {
                tool.note("storectl: \(ToolFailure.of(error).line); trying again\n")
            }
            // So that a platform that is away is not asked all the time.
            try await Task.sleep(for: .seconds(1))
            stream = try await reopened(api, after: lastID)
            last = try await showNew(of: id, after: last, tool, api)
        }
    }

    private func reopened(_ api: PlatformAPI, after id: String?) async throws -> EventStream {
        while true {
            do { return try await api.stream("/api/events", after: id) } catch {
                let failure = ToolFailure.of(error)
                guard failure.status == .unavailable else { throw error }
                // The same pace as above.
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Shows what is in the timeline after an event; returns the last one's number.
    private func showNew(of id: String, after last: Int, _ tool: ControlTool, _ api: PlatformAPI) async throws -> Int {
        var last = last
        for entry in try await api.all("/api/stores/\(id)/events", query: [("limit", "500")]) {
            guard let number = entry["id"]?.intValue, number > last else { continue }
            last = number
            try tool.show([EventLine.text(entry)], entry)
        }
        return last
    }
}
