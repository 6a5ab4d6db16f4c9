import ServiceRuntime

/// What the platform refused, as it says it (RFC 9457).
struct APIProblem: Error, Equatable {
    let status: Int
    let code: String
    let detail: String
    let issues: [String]
    let requestID: String

    /// Reads an answer that is no success; one without a problem in it is named by its status.
    init(status: Int, body: [UInt8]) {
        // A proxy between may answer in its own way: then the status is all there is to tell.
        let problem = (try? PlatformJSON.decode(JSONValue.self, from: body)) ?? .null
        self.status = status
        code = problem["code"]?.stringValue ?? "HTTP_\(status)"
        detail = problem["detail"]?.stringValue ?? problem["title"]?.stringValue ?? "the answer was HTTP \(status)"
        requestID = problem["requestId"]?.stringValue ?? ""
        issues = (problem["errors"]?.arrayValue ?? []).map {
            "\($0["field"]?.stringValue ?? "?") \($0["issue"]?.stringValue ?? "is not valid")"
        }
    }

    /// One line for people.
    var sentence: String {
        var text = detail
        let unsaid = issues.filter { !detail.contains($0) }
        if !unsaid.isEmpty { text += " " + unsaid.joined(separator: "; ") + "." }
        text += " [\(code)]"
        if status >= 500, !requestID.isEmpty { text += " (request \(requestID))" }
        return text
    }
}
