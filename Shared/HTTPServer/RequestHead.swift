/// A request's head as the library parsed it, and the rules the library does not keep.
struct RequestHead: Sendable {
    let method: HTTPMethod
    let version: String
    /// The raw target; nil when the request line had none.
    let target: String?
    let headers: HTTPHeaders
    /// The header's size in bytes.
    let size: Int
    /// Whether every byte of it was where the grammar wants it.
    let isStrict: Bool

    /// The size the client announces for the body; nil when it is chunked, absent or no number.
    var contentLength: UInt64? { headers["Content-Length"].flatMap { UInt64($0) } }

    /// Why the request is refused without looking at its body; nil when it may go on. Where it is not for the size of the
    /// body, nobody can be sure where the next request begins.
    ///
    /// The framing rules keep a proxy in front and this server from seeing different requests in the same bytes
    /// (RFC 9112, section 6.3).
    func refusal(by limits: HTTPListenerConfiguration) -> ProblemDetails? {
        if size > limits.headerLimit {
            return ProblemDetails(
                .headerFieldsTooLarge,
                code: "HEADER_TOO_LARGE",
                detail: "The header is larger than \(limits.headerLimit) bytes."
            )
        }
        if headers.count > limits.fieldLimit {
            return ProblemDetails(
                .headerFieldsTooLarge,
                code: "HEADER_TOO_LARGE",
                detail: "The header has more than \(limits.fieldLimit) fields."
            )
        }
        if let fault = framingFault {
            return ProblemDetails(.badRequest, code: "MALFORMED_REQUEST", detail: fault)
        }
        if let length = contentLength, length > UInt64(limits.bodyLimit) {
            return Self.bodyTooLarge(limits)
        }
        return nil
    }

    static func bodyTooLarge(_ limits: HTTPListenerConfiguration) -> ProblemDetails {
        ProblemDetails(
            .contentTooLarge,
            code: "BODY_TOO_LARGE",
            detail: "The body is larger than \(limits.bodyLimit) bytes."
        )
    }

    private var framingFault: String? {
        guard isStrict else { return "The header is not written as HTTP/1.1 wants it." }
        guard headers.all.allSatisfy({ Self.isToken($0.name) }) else { return "A header's name is no token." }
        let hosts = headers.values(of: "Host").count
        guard hosts == 1 || (hosts == 0 && version == "HTTP/1.0") else { return "Exactly one Host header is needed." }
        let lengths = headers.values(of: "Content-Length")
        guard lengths.count <= 1 else { return "Content-Length is given more than once." }
        let encodings = headers.values(of: "Transfer-Encoding")
        if !encodings.isEmpty {
            guard version == "HTTP/1.1" else { return "Only HTTP/1.1 has Transfer-Encoding." }
            guard lengths.isEmpty else { return "Content-Length and Transfer-Encoding exclude each other." }
            guard encodings.count == 1, encodings[0].lowercased() == "chunked" else {
                return "The only transfer coding understood is chunked."
            }
        }
        return nil
    }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
