import HTTPServer

/// Tells the dashboard's own requests from those another site's page makes a browser send along with the cookie.
enum SameOrigin {
    /// True when the browser says that the request comes from a page of this very origin. Silence proves nothing.
    static func isProven(by request: HTTPRequest) -> Bool {
        if let site = request.headers["Sec-Fetch-Site"] { return site == "same-origin" }
        // Browsers leave Sec-Fetch-Site out where the page came over plain HTTP, but never Origin from a change.
        guard let origin = request.headers["Origin"], let host = request.headers["Host"] else { return false }
        let parts = origin.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "http:" || parts[0] == "https:", parts[1].isEmpty else { return false }
        return parts[2].lowercased() == host.lowercased()
    }

    /// True when the browser says that it does not.
    static func isRefuted(by request: HTTPRequest) -> Bool {
        (request.headers["Sec-Fetch-Site"] != nil || request.headers["Origin"] != nil) && !isProven(by: request)
    }
}
