import HTTPServer

/// Header fields that keep browsers from doing more with an answer than is meant.
enum SecurityHeaders {
    /// For pages: nothing but this origin's own files; no inline script, no frames, no foreign forms.
    static let pagePolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// For everything else: nothing at all.
    static let dataPolicy = "default-src 'none'; frame-ancestors 'none'"

    /// Fills in what the answer does not say itself.
    static func add(to response: inout HTTPResponse) {
        set("X-Content-Type-Options", "nosniff", in: &response)
        set("Content-Security-Policy", dataPolicy, in: &response)
        set("Referrer-Policy", "no-referrer", in: &response)
        set("Cache-Control", "no-store", in: &response)
    }

    private static func set(_ name: String, _ value: String, in response: inout HTTPResponse) {
        if response.headers[name] == nil { response.headers.set(name, value) }
    }
}
