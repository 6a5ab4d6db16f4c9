import ServiceRuntime

/// Follows an operation to its end, live, over streams that may break off.
struct OperationWatch: Sendable {
    let api: PlatformAPI
    let id: String

    /// Gives each state it hears of to `show`, and returns the last one.
    func follow(_ show: (JSONValue) -> Void) async throws -> JSONValue {
        var lastEvent: String?
        while true {
            do {
                // Opened before asking, so that nothing falls between both.
                let stream = try await api.stream("/api/events", after: lastEvent)
                let now = try await api.call(.get, "/api/operations/\(id)").json
                show(now)
                if Self.hasEnded(now) { return now }
                for try await event in stream {
                    lastEvent = event.id ?? lastEvent
                    guard event.name == "operation", event.json["id"]?.stringValue == id else { continue }
                    show(event.json)
                    if Self.hasEnded(event.json) { return event.json }
                }
            } catch let problem as APIProblem where !Self.passes(problem) {
                throw problem
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // A gateway that is gone for a moment: the next one knows as much.
            }
            // So that a platform that is away is not asked all the time.
            try await Task.sleep(for: .seconds(1))
        }
    }

    static func hasEnded(_ operation: JSONValue) -> Bool {
        ["succeeded", "failed", "cancelled"].contains(operation["status"]?.stringValue)
    }

    private static func passes(_ problem: APIProblem) -> Bool { ExitStatus(status: problem.status) == .unavailable }
}
