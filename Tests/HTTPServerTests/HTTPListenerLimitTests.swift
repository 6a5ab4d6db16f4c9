import HTTPServer
import TestSupport
import Testing

@Suite struct HTTPListenerLimitTests {
    private func withLimits(
        _ body: (HTTPListener) async throws -> Void
    ) async throws {
        try await withListener {
            $0.bodyLimit = 1000
            $0.headerLimit = 4096
            $0.requestTimeout = .milliseconds(300)
            $0.idleTimeout = .seconds(2)
        } handler: { request in
            .text("\(request.body.count)")
        } _: { listener, _ in
            try await body(listener)
        }
    }

    @Test func `a body over the limit is 413, and the connection goes on`() async throws {
        try await withLimits { listener in
            let client = try await RawClient.connect(listener.port)
            let body = String(repeating: "x", count: 1001)
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1001\r\n\r\n\(body)")

            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.body.contains(#""code":"BODY_TOO_LARGE""#))
            #expect(response.headers["content-type"] == "application/problem+json")
            #expect(response.headers["x-request-id"] != nil)
            #expect(try await client.get("/").status == 200)
        }
    }

    @Test func `a chunked body over the limit is 413`() async throws {
        try await withLimits { listener in
            let client = try await RawClient.connect(listener.port)
            let chunk = "1f4\r\n\(String(repeating: "x", count: 500))\r\n"
            try await client.send(
                "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)\(chunk)0\r\n\r\n"
            )

            #expect(try await client.response().status == 413)
        }
    }

    @Test func `a chunked body without end is cut off`() async throws {
        try await withLimits { listener in
            let client = try await RawClient.connect(listener.port)
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n\(String(repeating: "x", count: 65536))\r\n"
            for _ in 0..<160 { try await client.send(chunk) }

            try await eventually("it is closed") { listener.openConnections == 0 }
        }
    }

    @Test func `a body that is announced huge is refused before it is sent`() async throws {
        try await withLimits { listener in
            let client = try await RawClient.connect(listener.port)
            try await client.send(
                "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n"
            )

            #expect(try await client.response().status == 413)
        }
    }

    @Test func `a header over the limit is 431`() async throws {
        try await withLimits { listener in
            for size in [5000, 200_000] {
                let client = try await RawClient.connect(listener.port)
                try await client.send(
                    "GET / HTTP/1.1\r\nHost: t\r\nX-Big: \(String(repeating: "x", count: size))\r\n\r\n"
                )
                #expect(try await client.response().status == 431, "a header of \(size) bytes")
            }
        }
    }

    @Test(
        arguments: [
            "RUBBISH\r\n\r\n", "GET / HTTP/9x\r\nHost: t\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: t\r\nHost: u\r\n\r\n", "GET / HTTP/1.1\r\nHost: t\r\nno colon\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET /%zz HTTP/1.1\r\nHost: t\r\n\r\n",
            "GET /%00 HTTP/1.1\r\nHost: t\r\n\r\n",
            "GET /a b HTTP/1.1\r\nHost: t\r\n\r\n",
        ]
    )
    func `a malformed request is 400`(_ request: String) async throws {
        try await withLimits { listener in
            let client = try await RawClient.connect(listener.port)
            try await client.send(request)

            #expect(try await client.response().status == 400)
        }
    }

    @Test func `a request that drips in is ended with 408`() async throws {
        try await withLimits { listener in
            let client = try await RawClient.connect(listener.port)
            try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n")

            let dripping = Task {
                for _ in 0..<160 {
                    try await client.send("x")
                    try await Task.sleep(for: .milliseconds(300))
                }
            }
            #expect(try await client.response().status == 408)
            try await eventually("it is closed") { listener.openConnections == 0 }
            dripping.cancel()
        }
    }

    @Test func `a header that never ends is closed`() async throws {
        try await withLimits { listener in
            let client = try await RawClient.connect(listener.port)
            try await client.send("GET / HT")

            _ = try await client.readToEnd()
            #expect(listener.openConnections == 0)
        }
    }

    @Test func `connections over the limit are closed`() async throws {
        try await withListener {
            $0.connectionLimit = 2
            $0.threads = 1
        } handler: { _ in
            .text("x")
        } _: { listener, _ in
            let first = try await RawClient.connect(listener.port)
            let second = try await RawClient.connect(listener.port)
            #expect(try await first.get("/").status == 200)
            #expect(try await second.get("/").status == 200)

            let third = try await RawClient.connect(listener.port)
            try await third.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            first.close()
            #expect(try await third.response().status == 200, "it waited until there was a place")
        }
    }
}
