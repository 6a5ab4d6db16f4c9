import HTTPServer
import Synchronization
import TestSupport
import Testing

@Suite struct HTTPListenerStreamTests {
    @Test func `events arrive as they are written`() async throws {
        let gate = Gate()
        try await withListener { _ in
            HTTPResponse(
                .ok,
                headers: ServerSentEvent.headers,
                body: .stream { writer in
                    try await writer.write(ServerSentEvent.retry(milliseconds: 2000))
                    try await writer.write(ServerSentEvent(id: "1-0", name: "store", data: "{}"))
                    await gate.pass()
                    try await writer.write(ServerSentEvent(id: "2-0", name: "store", data: "last"))
                }
            )
        } _: { listener, _ in
            let client = try await RawClient.connect(listener.port)
            try await client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")

            let head = try await client.read(until: "\r\n\r\n")
            #expect(head.contains("text/event-stream"))
            _ = try await client.read(until: "id: 1-0\nevent: store\ndata: {}\n\n")
            await gate.open()
            _ = try await client.read(until: "data: last\n\n")
            _ = try await client.read(until: "0\r\n\r\n")
            #expect(try await client.get("/again", headers: "Connection: close\r\n").status == 200)
        }
    }

    @Test func `a client that hangs up cancels its producer at once`() async throws {
        let ended = Count()
        try await withListener { _ in
            HTTPResponse(
                .ok,
                body: .stream { writer in
                    try await writer.write(Array("hello".utf8))
                    do {
                        try await Task.sleep(for: .seconds(60))
                    } catch {
                        await ended.increment()
                        throw error
                    }
                }
            )
        } _: { listener, _ in
            for number in 1...10 {
                let client = try await RawClient.connect(listener.port)
                try await client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
                _ = try await client.read(until: "hello")
                if number % 2 == 0 { client.close() } else { client.reset() }
            }

            try await eventually("every producer has ended") { await ended.value == 10 }
            try await eventually("every connection is closed") { listener.openConnections == 0 }
        }
    }

    @Test func `a slow reader holds its producer back`() async throws {
        let written = Count()
        let block = [UInt8](repeating: 0x61, count: 64 * 1024)
        try await withListener { _ in
            HTTPResponse(
                .ok,
                body: .stream { writer in
                    for _ in 0..<400 {
                        try await writer.write(block)
                        await written.increment()
                    }
                }
            )
        } _: { listener, _ in
            let client = try await RawClient.connect(listener.port, receiveBuffer: 8192)
            try await client.send("GET / HTTP/1.0\r\n\r\n")
            _ = try await client.read(until: "\r\n\r\n")
            try await eventually("something was written") { await written.value > 0 }
            var before = -1
            try await eventually("the producer stands still") {
                let now = await written.value
                defer { before = now }
                try await Task.sleep(for: .milliseconds(100))
                return now == before
            }
            #expect(await written.value < 200)

            #expect(try await client.readToEnd().utf8.count == 400 * block.count)
        }
    }

    @Test func `a producer that fails breaks the connection off`() async throws {
        struct Broken: Error {}
        try await withListener { _ in
            HTTPResponse(
                .ok,
                body: .stream { writer in
                    try await writer.write(Array("some".utf8))
                    throw Broken()
                }
            )
        } _: { listener, _ in
            let client = try await RawClient.connect(listener.port)
            try await client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")

            let text = try await client.readToEnd()
            #expect(!text.hasSuffix("0\r\n\r\n"))
            try await eventually("it is closed") { listener.openConnections == 0 }
        }
    }

    @Test func `HEAD of a stream has no producer`() async throws {
        let started = Count()
        try await withListener { _ in
            HTTPResponse(.ok, body: .stream { _ in await started.increment() })
        } _: { listener, _ in
            let client = try await RawClient.connect(listener.port)
            try await client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n")

            #expect(try await client.response(isHead: true).status == 200)
            #expect(await started.value == 0)
        }
    }
}
