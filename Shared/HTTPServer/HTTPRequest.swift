/// A complete request: the handler sees it only when the whole body has arrived and every limit was kept.
package struct HTTPRequest: Sendable {
    /// The client's `X-Request-Id` where it is acceptable, else a new one; the answer carries it.
    package let id: String
    /// The method.
    package let method: HTTPMethod
    /// The path and query.
    package let target: HTTPTarget
    /// The header fields.
    package let headers: HTTPHeaders
    /// The body; empty when there is none.
    package let body: [UInt8]
    /// The client's numeric address, without a port: the peer's, or what a trusted proxy says of it.
    package let clientAddress: String
    /// Whether a trusted proxy says that the client spoke TLS to it.
    package let isEncrypted: Bool

    /// Puts a request together; the listener does, and tests.
    package init(
        id: String,
        method: HTTPMethod,
        target: HTTPTarget,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        clientAddress: String = "127.0.0.1",
        isEncrypted: Bool = false
    ) {
        self.id = id
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.clientAddress = clientAddress
        self.isEncrypted = isEncrypted
    }

    /// The value of a cookie; the first where it was sent twice.
    package func cookie(_ name: String) -> String? {
        for header in headers.values(of: "Cookie") {
            for piece in header.split(separator: ";") {
                let pair = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if pair.count == 2, pair[0].drop(while: { $0 == " " }) == name { return String(pair[1]) }
            }
        }
        return nil
    }
}
