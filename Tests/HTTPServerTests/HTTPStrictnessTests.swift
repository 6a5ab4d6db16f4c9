import HTTPServer
import Testing

/// What the library lets pass and a proxy in front may read otherwise: each is refused, and the connection ends, so that
/// nothing behind it is taken for a request.
@Suite struct HTTPStrictnessTests {
    private static let next = "GET /smuggled HTTP/1.1\r\nHost: t\r\n\r\n"

    /// All that is sent back until the server closes, and the paths that reached the handler.
    private func answers(to request: String) async throws -> (text: String, reached: [String]) {
        let seen = Seen()
        return try await withListener {
            $0.requestTimeout = .milliseconds(500)
            $0.idleTimeout = .seconds(1)
        } handler: { request in
            await seen.add(request.target.path)
            return .text("reached")
        } _: { listener, _ in
            let client = try await RawClient.connect(listener.port)
            try await client.send(request)
            return (try await client.readToEnd(), await seen.paths)
        }
    }

    @Test(arguments: [
        "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\nHost: t\n\n",
        "GET / HTTP/1.1\r\nHost: t\r\nX: a\nY: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\n\n",
        "GET / HTTP/1.1\r\nHost: t\r\nX: a\rTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\n: a\r\nX: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nX: a\0b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nX\0Y: a\r\n\r\n",
        "GET /\0/x HTTP/1.1\r\nHost: t\r\n\r\n",
        "G\0ET / HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nX: \u{1}\r\n\r\n",
    ])
    func `an ambiguous request is 400 and the last of its connection`(_ request: String) async throws {
        let (text, reached) = try await answers(to: request + Self.next)

        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400 "), "\(text)")
        #expect(text.ranges(of: "HTTP/1.1 400 ").count <= 1, "one answer: \(text)")
        #expect(reached.isEmpty)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
        "GET http://t/ HTTP/1.1\r\nHost:t\r\nConnection:   close  \r\nEmpty:\r\n\r\n",
        "GET /?a=b%20c&d HTTP/1.1\r\nHost: t\r\nCookie: a=b; c=d\r\nConnection: close\r\nX: a\tb\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
    ])
    func `a request that is only unusual is answered`(_ request: String) async throws {
        let (text, reached) = try await answers(to: request)

        #expect(text.hasPrefix("HTTP/1.1 200 "), "\(text)")
        #expect(reached == ["/"])
    }

    @Test func `a header that arrives in pieces is as good as one in one piece`() async throws {
        try await withListener(handler: { .text("\($0.headers["X-Long"]?.count ?? 0)") }) { listener, _ in
            let client = try await RawClient.connect(listener.port)
            let request = "GET / HTTP/1.1\r\nHost: t\r\nX-Long: \(String(repeating: "x", count: 9000))\r\nY: z\r\n\r\n"
            for start in stride(from: 0, to: request.count, by: 701) {
                try await client.send(String(request.dropFirst(start).prefix(701)))
                await Task.yield()
            }
            #expect(try await client.response().body == "9000")
            #expect(try await client.get("/").status == 200, "and the connection goes on")
        }
    }

    @Test func `more than a hundred fields are 431`() async throws {
        try await withListener(handler: { _ in .text("x") }) { listener, _ in
            let client = try await RawClient.connect(listener.port)
            let answer = try await client.get("/", headers: String(repeating: "a: b\r\n", count: 100))
            #expect(answer.status == 431)
            #expect(answer.body.contains(#""code":"HEADER_TOO_LARGE""#))
        }
    }

    @Test func `a value's spaces at its end are none of it`() async throws {
        try await withListener(handler: { .text("[\($0.headers["X-A"] ?? "")]") }) { listener, _ in
            let client = try await RawClient.connect(listener.port)
            #expect(try await client.get("/", headers: "X-A:  a b \t \r\n").body == "[a b]")
        }
    }

    private actor Seen {
        private(set) var paths: [String] = []
        func add(_ path: String) { paths.append(path) }
    }
}
