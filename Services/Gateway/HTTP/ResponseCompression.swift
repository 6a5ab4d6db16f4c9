import HTTPServer

/// Compresses answers where the client takes that and it pays. Streams are sent as they are: each event at once.
///
/// A compressed answer is another representation, so it has another strong tag, `"…-gzip"`; `EntityTag` reads both as the
/// same thing. Nothing that answers with a secret is large enough to get here.
enum ResponseCompression {
    /// Smaller answers fit into one packet anyway.
    static let smallest = 1024

    private static let types: Set = [
        "application/json", "application/problem+json", "application/manifest+json", "image/svg+xml",
    ]

    /// Whether content of a type gets smaller.
    static func isWorthwhile(_ type: String?) -> Bool {
        guard let type = type?.split(separator: ";", maxSplits: 1).first else { return false }
        return type.hasPrefix("text/") || types.contains(String(type))
    }

    static func apply(to response: inout HTTPResponse, for request: HTTPRequest) {
        if response.status == .notModified { return keepTag(in: &response, for: request) }
        guard case .bytes(let bytes) = response.body, bytes.count > smallest,
            response.headers["Content-Encoding"] == nil, isWorthwhile(response.headers["Content-Type"])
        else { return }
        response.headers.vary(by: "Accept-Encoding")
        guard AcceptEncoding.takesGzip(request.headers), let compressed = Gzip.compress(bytes, .fast) else { return }
        response.body = .bytes(compressed)
        response.headers.set("Content-Encoding", "gzip")
        if let tag = response.headers["ETag"] { response.headers.set("ETag", EntityTag.compressed(tag)) }
    }

    /// What the client has is still right, and its tag is the one the client knows it by.
    private static func keepTag(in response: inout HTTPResponse, for request: HTTPRequest) {
        guard let tag = response.headers["ETag"] else { return }
        let compressed = EntityTag.compressed(tag)
        if request.headers.values(of: "If-None-Match").contains(where: { $0.contains(compressed) }) {
            response.headers.set("ETag", compressed)
        }
        response.headers.vary(by: "Accept-Encoding")
    }
}
