import Glibc
import HTTPServer
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@Suite struct HTTPListenerDrainTests {
    @Test func `a drain finishes what runs, refuses what is new and closes`() async throws {
        let gate = Gate()
        try await withListener { _ in
            await gate.pass()
            return .text("finished")
        } _: { listener, group in
            let running = try await RawClient.connect(listener.port)
            try await running.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            try await eventually("it runs") { await gate.arrived == 1 }
            await group.triggerGracefulShutdown()
            try await eventually("new connections are refused") {
                do {
                    _ = try await RawClient.connect(listener.port)
                    return false
                } catch RawClient.Failure.connect(let reason) {
                    return reason == ECONNREFUSED
                }
            }
            await gate.open()

            let response = try await running.response()
            #expect(response.body == "finished")
            #expect(response.headers["connection"] == "close")
        }
    }

    @Test func `a drain ends streams properly`() async throws {
        try await withListener { _ in
            HTTPResponse(
                .ok,
                body: .stream { writer in
                    try await writer.write(Array("open".utf8))
                    try await Task.sleep(for: .seconds(60))
                }
            )
        } _: { listener, group in
            let client = try await RawClient.connect(listener.port)
            try await client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            _ = try await client.read(until: "open")
            await group.triggerGracefulShutdown()

            #expect(try await client.readToEnd().hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func `what does not end within the limit is broken off`() async throws {
        let started = ContinuousClock.now
        try await withListener {
            $0.drainLimit = .milliseconds(200)
        } handler: { _ in
            do { try await Task.sleep(for: .seconds(60)) } catch {}
            return .text("never")
        } _: { listener, group in
            let client = try await RawClient.connect(listener.port)
            try await client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
            try await eventually("it is connected") { listener.openConnections == 1 }
            await group.triggerGracefulShutdown()

            #expect(try await client.readToEnd().isEmpty)
        }
        #expect(started.duration(to: .now) < .seconds(10))
    }

    @Test func `a port in use is reported with its number`() async throws {
        try await withListener(handler: { _ in .text("x") }) { listener, _ in
            let error = #expect(throws: HTTPListenerError.self) {
                try HTTPListener(
                    configuration: HTTPListenerConfiguration(port: listener.port),
                    logger: Logger(label: "test"),
                    handler: { _ in .text("y") }
                )
            }
            #expect(error?.code == .addressInUse)
        }
    }
}
