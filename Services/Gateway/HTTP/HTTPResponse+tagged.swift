import HTTPServer
import ServiceRuntime

extension HTTPResponse {
    /// What was read, as JSON with its tag; 304 without it where the client has it. Throws what encoding throws.
    static func tagged(_ value: some Encodable, for request: HTTPRequest) throws -> HTTPResponse {
        let json = try PlatformJSON.encode(value)
        return tagged(json, EntityTag.make(of: json), for: request)
    }

    /// The same for what is JSON already, with its tag.
    static func tagged(_ json: [UInt8], _ tag: String, for request: HTTPRequest) -> HTTPResponse {
        let headers = EntityTag.headers(tag)
        guard !EntityTag.matches(request.headers.values(of: "If-None-Match"), tag) else {
            return HTTPResponse(.notModified, headers: headers)
        }
        var response = HTTPResponse(.ok, headers: headers, body: .bytes(json))
        response.headers.set("Content-Type", "application/json")
        return response
    }
}
