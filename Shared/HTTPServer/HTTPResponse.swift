import ServiceRuntime

/// What a handler answers.
package struct HTTPResponse: Sendable {
    /// The status.
    package var status: HTTPStatus
    /// The header fields. `Content-Length`, `Date`, `Connection` and `X-Request-Id` are the listener's.
    package var headers: HTTPHeaders
    /// The content.
    package var body: HTTPBody

    /// Puts an answer together.
    package init(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: HTTPBody = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer of plain text.
    package static func text(
        _ text: String,
        status: HTTPStatus = .ok,
        type: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(status, headers: ["Content-Type": type], body: .bytes(Array(text.utf8)))
    }

    /// A JSON answer; throws what `PlatformJSON.encode` throws.
    package static func json(
        _ value: some Encodable,
        status: HTTPStatus = .ok,
        headers: HTTPHeaders = [:]
    ) throws -> HTTPResponse {
        var headers = headers
        headers.set("Content-Type", "application/json")
        return HTTPResponse(status, headers: headers, body: .bytes(try PlatformJSON.encode(value)))
    }
}

/// The content of an answer.
package enum HTTPBody: Sendable {
    /// Everything at once.
    case bytes([UInt8])
    /// Written piece by piece while the client reads. The producer's task is cancelled when the client goes away and
    /// when the listener drains; returning ends the body, throwing breaks the connection off.
    case stream(@Sendable (HTTPBodyWriter) async throws -> Void)
}
