import HTTPServer
import TestSupport
import Testing

@Suite struct HTTPListenerTests {
    private static let echo: HTTPListener.Handler = { request in
        .text("\(request.method) \(request.target.path) \(String(decoding: request.body, as: UTF8.self))")
    }

    @Test func `answers with body, length, date and request id`() async throws {
        try await withListener(handler: Self.echo) { listener, _ in
            let client = try await RawClient.connect(listener.port)
            let response = try await client.get("/a%20b", headers: "X-Request-Id: my-id.1\r\n")

            #expect(response.status == 200)
            #expect(response.body == "GET /a b ")
            #expect(response.headers["x-request-id"] == "my-id.1")
            #expect(response.headers["date"] != nil)
        }
    }

    @Test func `keeps the connection and answers pipelined requests in order`() async throws {
        try await withListener(handler: Self.echo) { listener, _ in
            let client = try await RawClient.connect(listener.port)
            var text = ""
            for number in 1...20 {
                text += "POST /\(number) HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc"
            }
            try await client.send(text)

            for number in 1...20 { #expect(try await client.response().body == "POST /\(number) abc") }
            #expect(listener.openConnections == 1)
        }
    }

    @Test func `leaves the body out for HEAD and keeps its length`() async throws {
        try await withListener(handler: Self.echo) { listener, _ in
            let client = try await RawClient.connect(listener.port)
            try await client.send("HEAD /x HTTP/1.1\r\nHost: t\r\n\r\n")

            let response = try await client.response(isHead: true)
            #expect(response.headers["content-length"] == "8")
            #expect(try await client.get("/y").body == "GET /y ")
        }
    }

    @Test func `closes after an answer to HTTP 1.0`() async throws {
        try await withListener(handler: Self.echo) { listener, _ in
            let client = try await RawClient.connect(listener.port)
            try await client.send("GET /old HTTP/1.0\r\n\r\n")

            #expect(try await client.readToEnd().hasSuffix("GET /old "))
        }
    }

    @Test func `takes a chunked body and answers an expectation`() async throws {
        try await withListener(handler: Self.echo) { listener, _ in
            let client = try await RawClient.connect(listener.port)
            try await client.send(
                "POST /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try await client.response().status == 100)
            try await client.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

            #expect(try await client.response().body == "POST /c abcde")
        }
    }

    @Test func `500 requests wait at once on two polling threads`() async throws {
        let gate = Gate()
        try await withListener { request in
            await gate.pass()
            return .text(request.target.path)
        } _: { listener, _ in
            let clients = try await withThrowingTaskGroup(of: RawClient.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let client = try await RawClient.connect(listener.port)
                        try await client.send("GET /\(number) HTTP/1.1\r\nHost: t\r\n\r\n")
                        return client
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await eventually("all requests are waiting") { await gate.arrived == 500 }
            await gate.open()

            for client in clients { #expect(try await client.response().status == 200) }
        }
    }

    @Test func `survives a client that goes away while its request waits`() async throws {
        let gate = Gate()
        try await withListener { _ in
            await gate.pass()
            return .text("late")
        } _: { listener, _ in
            for _ in 0..<20 {
                let client = try await RawClient.connect(listener.port)
                try await client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            }
            try await eventually("all are waiting") { await gate.arrived == 20 }
            await gate.open()

            try await eventually("their connections are closed") { listener.openConnections == 0 }
            let client = try await RawClient.connect(listener.port)
            #expect(try await client.get("/").body == "late")
        }
    }

    @Test func `forgets a client that breaks off in its body`() async throws {
        let count = Count()
        try await withListener { _ in
            await count.increment()
            return .text("x")
        } _: { listener, _ in
            for _ in 0..<10 {
                let client = try await RawClient.connect(listener.port)
                try await client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nhalf")
                try await eventually("accepted") { listener.openConnections > 0 }
                client.reset()
            }

            try await eventually("all are gone") { listener.openConnections == 0 }
            #expect(await count.value == 0)
        }
    }

    @Test func `gives headers back in any case and every value of a name`() async throws {
        try await withListener { request in
            .text(request.headers.values(of: "x-many").joined(separator: "|") + request.clientAddress)
        } _: { listener, _ in
            let client = try await RawClient.connect(listener.port)

            let response = try await client.get("/", headers: "X-Many: a\r\nx-MANY: b\r\n")
            #expect(response.body == "a|b127.0.0.1")
        }
    }
}
