import HTTPServer
import TestSupport
import Testing

/// Many connections that want nothing, or never say what.
@Suite(.serialized) struct HTTPListenerCrowdTests {
    @Test func `500 requests that never end leave it serving`() async throws {
        try await withListener(handler: { .text($0.target.path) }) { listener, _ in
            let slow = try await Self.connect(500, to: listener.port, sending: "GET /slow HTTP/1.1\r\nHost: t\r\nX-")

            for number in 0..<50 {
                let client = try await RawClient.connect(listener.port)
                #expect(try await client.get("/\(number)").body == "/\(number)")
            }
            #expect(listener.openConnections >= 500)
            for client in slow { client.close() }
        }
    }

    @Test func `where places become scarce, the oldest that ask nothing give way`() async throws {
        try await withListener {
            $0.connectionLimit = 200
            $0.threads = 1
        } handler: { request in
            .text(request.target.path)
        } _: { listener, _ in
            let idle = try await Self.connect(300, to: listener.port, sending: "")
            let client = try await RawClient.connect(listener.port)
            try await client.send("GET /me HTTP/1.1\r\nHost: t\r\n\r\n")

            #expect(try await client.response().body == "/me", "it waited behind 300 others")
            try await eventually("there is room again") { listener.openConnections <= 180 }
            for client in idle { client.close() }
        }
    }

    private static func connect(_ count: Int, to port: Int, sending text: String) async throws -> [RawClient] {
        try await withThrowingTaskGroup(of: RawClient.self) { group in
            for _ in 0..<count {
                group.addTask {
                    let client = try await RawClient.connect(port)
                    try await client.send(text)
                    return client
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
