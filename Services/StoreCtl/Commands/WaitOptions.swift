import ArgumentParser
import ServiceRuntime

/// Whether a command waits until what it asked for is done.
struct WaitOptions: ParsableArguments, Sendable {
    @Flag(help: "Wait until it is done, and show how far it is.")
    var wait = false

    @Option(
        help: ArgumentHelp("How long to wait at most, such as 90s or 10m.", valueName: "duration"),
        transform: Self.duration
    )
    var timeout: Duration = .seconds(900)

    @Sendable private static func duration(_ text: String) throws -> Duration {
        guard let duration = SettingsReader.duration(text), duration > .zero else {
            throw ValidationError("a duration such as 90s or 10m")
        }
        return duration
    }

    /// The store of an accepted request: as it was accepted, or as it is when its operation has ended. Null when it is gone.
    func wait(for accepted: JSONValue, _ tool: ControlTool, _ api: PlatformAPI) async throws -> JSONValue {
        let store = accepted["store"] ?? .null
        guard wait else { return store }
        let operation = try await end(of: accepted.at("operation.id")?.stringValue ?? "", tool, api)
        guard operation["kind"]?.stringValue != "delete" else { return .null }
        guard operation["status"]?.stringValue != "cancelled" else {
            throw ToolFailure(.failed, "it was overtaken by another operation")
        }
        return try await api.call(.get, "/api/stores/\(store["id"]?.stringValue ?? "")").json
    }

    /// Throws, so that the command ends with 1, when the store that was waited for has failed.
    func check(_ store: JSONValue) throws {
        if wait, store["status"]?.stringValue == "FAILED" { throw ExitStatus.failed.code }
    }

    private func end(of id: String, _ tool: ControlTool, _ api: PlatformAPI) async throws -> JSONValue {
        let timeout = timeout
        return try await withThrowingTaskGroup(of: JSONValue.self) { group in
            group.addTask {
                let line = ProgressLine(tool)
                defer { line.end() }
                return try await OperationWatch(api: api, id: id).follow { line.show($0) }
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw ToolFailure(.failed, "it is not done after \(timeout); it goes on all the same")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .null
        }
    }
}
