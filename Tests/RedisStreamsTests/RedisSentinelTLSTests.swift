import Logging
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// A Sentinel and the master it names, both over TLS.
@Suite struct RedisSentinelTLSTests {
    @Test(arguments: [("ca", nil), ("other-ca", BusError.Code.refused)])
    func `a master found over TLS is used over TLS, if both are trusted`(
        authority: String,
        refusal: BusError.Code?
    ) async throws {
        let certificates = try await TestCertificates()
        let port = try FreePort.next()
        let server = try await TestRedis.start(certificates.options(port: port) + ["--tls-replication", "yes"])
        let sentinel = try await TestSentinels.startSentinel(master: port) {
            certificates.options(port: $0) + ["--port", "0", "--tls-replication", "yes"]
        }
        var configuration = BusContractCell.configuration(on: server)
        let file = certificates.certificate(authority)
        configuration.url = try RedisURL("rediss+sentinel://127.0.0.1:\(sentinel)/\(TestSentinels.name)?ca=\(file)")
        let bus = try RedisMessageBus(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )

        var error: BusError?
        do { try await bus.publish(BusMessage(subject: try Subject("a.b"))) } catch let failure as BusError {
            error = failure
        }
        #expect(error?.code == refusal, "\(error?.message ?? "no error")")
        #expect(error.map { $0.message.contains("certificate is refused") } ?? true)
        await bus.drain(within: .milliseconds(100))
    }
}
