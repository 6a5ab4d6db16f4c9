/// A response's status.
package struct HTTPStatus: Hashable, Sendable {
    /// The three digits.
    package let code: Int

    /// Takes any code from 200 to 599.
    package init(_ code: Int) { self.code = code }

    /// Here it is.
    package static let ok = HTTPStatus(200)
    /// It was made.
    package static let created = HTTPStatus(201)
    /// It will be done.
    package static let accepted = HTTPStatus(202)
    /// Done; there is nothing to show.
    package static let noContent = HTTPStatus(204)
    /// The client has it already.
    package static let notModified = HTTPStatus(304)
    /// The request makes no sense.
    package static let badRequest = HTTPStatus(400)
    /// Nobody known asked.
    package static let unauthorized = HTTPStatus(401)
    /// Someone known asked who may not.
    package static let forbidden = HTTPStatus(403)
    /// There is no such thing, or it is not the caller's.
    package static let notFound = HTTPStatus(404)
    /// The thing exists; the method does not.
    package static let methodNotAllowed = HTTPStatus(405)
    /// The thing's state does not allow it.
    package static let conflict = HTTPStatus(409)
    /// The thing is no longer what the client took it for.
    package static let preconditionFailed = HTTPStatus(412)
    /// The body is too large.
    package static let contentTooLarge = HTTPStatus(413)
    /// The body is of another type.
    package static let unsupportedMediaType = HTTPStatus(415)
    /// Understood, and unacceptable.
    package static let unprocessableContent = HTTPStatus(422)
    /// Too often.
    package static let tooManyRequests = HTTPStatus(429)
    /// The header is too large.
    package static let headerFieldsTooLarge = HTTPStatus(431)
    /// A mistake of this side.
    package static let internalServerError = HTTPStatus(500)
    /// Not offered here.
    package static let notImplemented = HTTPStatus(501)
    /// Not now; try again.
    package static let serviceUnavailable = HTTPStatus(503)
    /// Someone behind did not answer.
    package static let gatewayTimeout = HTTPStatus(504)

    /// The phrase of RFC 9110, which is also a problem's title.
    package var phrase: String { Self.phrases[code] ?? "Status \(code)" }

    private static let phrases: [Int: String] = [
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 304: "Not Modified",
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        408: "Request Timeout", 409: "Conflict", 412: "Precondition Failed", 413: "Content Too Large",
        415: "Unsupported Media Type", 422: "Unprocessable Content", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
        503: "Service Unavailable", 504: "Gateway Timeout",
    ]
}
