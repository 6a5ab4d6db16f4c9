import HTTPServer

/// Which other sites' pages may read this API's answers in a browser (CORS, by the Fetch standard). They send keys, never
/// the dashboard's cookie: credentials are not allowed to anyone.
struct CrossOrigin: Hashable, Sendable, CustomStringConvertible {
    /// Nobody but this origin's own pages.
    static let none = CrossOrigin(origins: [])

    private static let requestHeaders = [
        "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "X-API-Key",
        "X-Request-Id",
    ].joined(separator: ", ")
    private static let answerHeaders = [
        "Allow", "ETag", "Location", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After",
        "WWW-Authenticate", "X-Request-Id",
    ].joined(separator: ", ")

    private let origins: Set<String>

    private init(origins: Set<String>) { self.origins = origins }

    /// Parses origins with commas between them, such as `https://shop.example.com`; nil where one is malformed. There is no
    /// `*`: who means everybody would mean every page a visitor's network can show too.
    init?(parsing list: String) {
        var origins: Set<String> = []
        for item in list.split(separator: ",") {
            guard let origin = Self.origin(String(item.filter { $0 != " " })) else { return nil }
            origins.insert(origin)
        }
        self.init(origins: origins)
    }

    var description: String { origins.sorted().joined(separator: ",") }

    /// Adds what a browser has to be told. An answer to `OPTIONS` needs its `Allow` before.
    func add(to response: inout HTTPResponse, for request: HTTPRequest) {
        guard !origins.isEmpty else { return }
        response.headers.vary(by: "Origin")
        guard let origin = request.headers["Origin"], origins.contains(origin) else { return }
        response.headers.set("Access-Control-Allow-Origin", origin)
        guard request.method == .options, request.headers["Access-Control-Request-Method"] != nil else {
            response.headers.set("Access-Control-Expose-Headers", Self.answerHeaders)
            return
        }
        response.headers.set("Access-Control-Allow-Methods", response.headers["Allow"] ?? "")
        response.headers.set("Access-Control-Allow-Headers", Self.requestHeaders)
        // How long a browser may remember this; some forget after ten minutes anyway.
        response.headers.set("Access-Control-Max-Age", "600")
        response.headers.vary(by: "Access-Control-Request-Method")
        response.headers.vary(by: "Access-Control-Request-Headers")
    }

    /// As browsers write it: scheme, host in lower case, and the port unless it is the scheme's own.
    private static func origin(_ text: String) -> String? {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "http:" || parts[0] == "https:", parts[1].isEmpty else { return nil }
        let own = parts[0] == "http:" ? ":80" : ":443"
        let authority = parts[2].hasSuffix(own) ? parts[2].dropLast(own.count) : parts[2]
        let isHost = authority.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
        return isHost && !authority.isEmpty ? "\(parts[0])//\(authority)" : nil
    }
}
