import Logging
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// The bus over TLS with real servers and certificates made for the test.
@Suite(.serialized) struct RedisTLSTests {
    /// A server and where it listens.
    private struct Secured {
        let server: TestRedis
        let certificates: TestCertificates
        let port: UInt16

        init(certificate: String = "server", clients: String = "no") async throws {
            certificates = try await TestCertificates()
            port = try FreePort.next()
            server = try await TestRedis.start(
                certificates.options(port: port, certificate: certificate, clients: clients)
            )
        }

        func url(host: String = "127.0.0.1", authority: String = "ca", client: String? = nil) throws -> RedisURL {
            let pair = client.map { "&cert=\(certificates.certificate($0))&key=\(certificates.key($0))" } ?? ""
            return try RedisURL("rediss://\(host):\(port)/?ca=\(certificates.certificate(authority))\(pair)")
        }
    }

    private static func makeBus(_ url: RedisURL, on server: TestRedis) throws -> RedisMessageBus {
        var configuration = BusContractCell.configuration(on: server)
        // Each test has a server of its own.
        configuration.cell = "tls"
        configuration.url = url
        configuration.offlineGrace = .milliseconds(500)
        return try RedisMessageBus(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func refusal(of url: RedisURL, on server: TestRedis) async throws -> BusError? {
        let bus = try makeBus(url, on: server)
        let error = await #expect(throws: BusError.self) {
            try await bus.publish(BusMessage(subject: try Subject("a.b")))
        }
        await bus.drain(within: .milliseconds(100))
        return error
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `messages, requests and bodies of 1 MiB go over TLS`(host: String) async throws {
        let secured = try await Secured()
        let (here, there) = (
            try Self.makeBus(try secured.url(host: host), on: secured.server),
            try Self.makeBus(try secured.url(host: host), on: secured.server)
        )
        try await here.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
        let consumer = ConsumerConfiguration(stream: "EVENTS", durable: "worker", acknowledgeWait: .seconds(30))
        let probe = BusProbe(try await there.consume(consumer)) { delivery in
            delivery.ack()
        }
        let body = (0..<BusMessage.maximumBodySize).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 9) }

        for number in 0..<8 {
            var message = try BusContractStreamTests.message("big\(number)")
            message.body = body
            _ = try await here.append(message, to: "EVENTS")
        }
        for number in 0..<300 {
            _ = try await here.append(try BusContractStreamTests.message("small\(number)"), to: "EVENTS")
        }
        let taken = try await probe.first(308)
        #expect(taken.prefix(8).allSatisfy { $0.message.body == body })

        let echo = try await BusContractCoreTests.serve(there, "echo.>") { $0 }
        var question = BusMessage(subject: try Subject("echo.v1"))
        question.body = body
        let answer = try await here.request(question, timeout: .seconds(10))
        #expect(answer.body == body)
        echo.cancel()
        await here.drain(within: .seconds(1))
        await there.drain(within: .seconds(1))
    }

    @Test func `a bus reconnects over TLS after a kill, and nothing is lost`() async throws {
        let secured = try await Secured()
        let bus = try Self.makeBus(try secured.url(), on: secured.server)
        try await bus.ensureStream(try BusContractStreamTests.stream("EVENTS", .workQueue))
        let first = try await bus.append(try BusContractStreamTests.message("first", id: "1"), to: "EVENTS")

        try await secured.server.kill()
        try await secured.server.startAgain()
        try await eventually { await bus.isConnected() }
        try await secured.server.command("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "yes")

        let consumer = ConsumerConfiguration(stream: "EVENTS", durable: "worker", acknowledgeWait: .seconds(30))
        var opened: BusProbe<Delivery>?
        try await eventually {
            do { opened = BusProbe(try await bus.consume(consumer)) } catch { return false }
            return true
        }
        #expect(try await opened?.first(1).map(\.id) == [first.id])
        await bus.drain(within: .milliseconds(300))
    }

    @Test func `an authority that did not sign the certificate refuses the server`() async throws {
        let secured = try await Secured()
        let error = try await Self.refusal(of: try secured.url(authority: "other-ca"), on: secured.server)

        #expect(error?.code == .refused)
        #expect(error?.message.contains("certificate is refused") == true, "\(error?.message ?? "")")
    }

    @Test func `the system's authorities do not sign it either`() async throws {
        let secured = try await Secured()
        let error = try await Self.refusal(of: try RedisURL("rediss://127.0.0.1:\(secured.port)"), on: secured.server)

        #expect(error?.code == .refused)
        #expect(error?.message.contains("certificate is refused") == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a certificate for another host is refused`(host: String) async throws {
        let secured = try await Secured(certificate: "elsewhere")
        let error = try await Self.refusal(of: try secured.url(host: host), on: secured.server)

        #expect(error?.code == .refused)
        #expect(error?.message.contains("mismatch") == true, "\(error?.message ?? "")")
    }

    @Test func `an expired certificate is refused`() async throws {
        let secured = try await Secured(certificate: "expired")
        let error = try await Self.refusal(of: try secured.url(), on: secured.server)

        #expect(error?.code == .refused)
        #expect(error?.message.contains("expired") == true, "\(error?.message ?? "")")
    }

    @Test func `a client's certificate is shown where it is asked for`() async throws {
        let secured = try await Secured(clients: "yes")
        let bus = try Self.makeBus(try secured.url(client: "client"), on: secured.server)
        try await bus.publish(BusMessage(subject: try Subject("a.b")))
        await bus.drain(within: .milliseconds(100))

        let error = try await Self.refusal(of: try secured.url(), on: secured.server)
        #expect(error?.code == .refused || error?.code == .unavailable)
        #expect(error?.message.contains("certificate") == true, "\(error?.message ?? "")")
    }

    @Test func `files that are missing or hold something else are named`() async throws {
        let secured = try await Secured()
        for url in [
            "rediss://127.0.0.1:\(secured.port)?ca=/nowhere/ca.pem",
            "rediss://127.0.0.1:\(secured.port)?ca=\(secured.certificates.key("ca"))",
        ] {
            let error = try await Self.refusal(of: try RedisURL(url), on: secured.server)
            #expect(error?.code == .refused)
            #expect(error?.message.contains("no certificate authorities in /") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a server without TLS is an error, and so is TLS asked without`() async throws {
        let port = try FreePort.next()
        let plain = try await TestRedis.start(["--port", "\(port)", "--bind", "127.0.0.1"])
        let bus = try Self.makeBus(try RedisURL("rediss://127.0.0.1:\(port)"), on: plain)
        let error = await #expect(throws: BusError.self) {
            try await bus.publish(BusMessage(subject: try Subject("a.b")))
        }
        #expect(error?.code == .unavailable || error?.code == .refused)
        await bus.drain(within: .milliseconds(100))

        let secured = try await Secured()
        let other = try await Self.refusal(of: try RedisURL("redis://127.0.0.1:\(secured.port)"), on: secured.server)
        #expect(other?.code == .unavailable)
    }

    @Test func `a server that is not trusted is not asked again and again`() async throws {
        let secured = try await Secured()
        let bus = try Self.makeBus(try secured.url(authority: "other-ca"), on: secured.server)
        await #expect(throws: BusError.self) { try await bus.publish(BusMessage(subject: try Subject("a.b"))) }
        let before = try await Self.connections(secured.server)

        // That nothing happens shows only when time passes.
        try await Task.sleep(for: .seconds(2))

        // The question itself is one, and both of the bus' connections may be due for their second attempt.
        #expect(try await Self.connections(secured.server) - before <= 3)
        await bus.drain(within: .milliseconds(100))
    }

    private static func connections(_ server: TestRedis) async throws -> Int {
        let name = "total_connections_received:"
        let line = try await server.command("INFO", "stats").split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix(name) }
        return try #require(line.flatMap { Int($0.dropFirst(name.count)) })
    }
}
