import ServiceRuntime

/// An error answer after RFC 9457 (`application/problem+json`), with a code to decide by.
package struct ProblemDetails: Codable, Hashable, Sendable {
    /// A URI reference for the kind of problem: `urn:store-platform:problem:<code>` in lower case and dashes.
    package var type: String
    /// The status's phrase: the same for every problem of that status.
    package var title: String
    /// The HTTP status.
    package var status: Int
    /// What happened this time, for a person. No internals.
    package var detail: String
    /// What happened, for a program: upper case and underscores.
    package var code: String
    /// The request's id; the listener fills it in.
    package var requestId: String?
    /// The fields that are wrong.
    package var errors: [FieldIssue]?

    /// One wrong field of a request.
    package struct FieldIssue: Codable, Hashable, Sendable {
        /// The member's name, or its path with dots.
        package var field: String
        /// What is wrong with it.
        package var issue: String

        /// Names a field and what is wrong with it.
        package init(field: String, issue: String) {
            self.field = field
            self.issue = issue
        }
    }

    /// Describes a problem.
    package init(_ status: HTTPStatus, code: String, detail: String, errors: [FieldIssue]? = nil) {
        self.type = "urn:store-platform:problem:\(code.lowercased().replacing("_", with: "-"))"
        self.title = status.phrase
        self.status = status.code
        self.detail = detail
        self.code = code
        self.errors = errors
    }

    /// The answer.
    package func response(requestID: String, headers: HTTPHeaders = [:]) -> HTTPResponse {
        var problem = self
        problem.requestId = requestID
        var headers = headers
        headers.set("Content-Type", "application/problem+json")
        headers.set("Cache-Control", "no-store")
        let body: [UInt8]
        do {
            body = try PlatformJSON.encode(problem)
        } catch {
            // Strings and an integer always encode; an empty body still carries the status.
            body = []
        }
        return HTTPResponse(HTTPStatus(status), headers: headers, body: .bytes(body))
    }
}
