import Foundation
import HTTPServer
import Logging
import MessageBus
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct GatewayCredentialTests {
    private static let path = "/api/stores/\(Fixture.store)/credentials"
    private static let marker = "Marker9Tq4ZxPassword7LmWb2Kc8Rv"

    private static func sealed(for store: StoreID = Fixture.store) throws -> SealedCredentials {
        SealedCredentials(
            storeID: store,
            user: "admin",
            sealedPassword: try GatewayHarness.keys.seal(marker, associatedData: store.description),
            adminUrl: "http://shop.test/wp-admin/"
        )
    }

    @Test(arguments: [nil, "{}"]) func `a reveal opens the password, for nobody to keep`(body: String?) async throws {
        try await GatewayHarness.run {
            $0.on(Subjects.Store.credentials, StoreRequest.self) { _ in try Self.sealed() }
        } _: { gateway in
            let answer = try await gateway.member.call("POST", "\(Self.path)/reveal", body)

            #expect(answer.status == 200)
            #expect(answer.headers["Cache-Control"] == "no-store")
            let expected: JSONValue = [
                "user": "admin", "password": .string(Self.marker), "adminUrl": "http://shop.test/wp-admin/",
            ]
            #expect(try answer.json == expected)
        }
    }

    @Test func `a password is in the answer and nowhere else`() async throws {
        let log = LogText()
        var logger = Logger(label: "test") { _ in log }
        logger.logLevel = .trace
        try await GatewayHarness.run(logger: logger) {
            $0.on(Subjects.Store.credentials, StoreRequest.self) { _ in try Self.sealed() }
        } _: { gateway in
            let passing = Mutex("")
            let messages = try await gateway.bus.subscribe(to: SubjectFilter(">"), queueGroup: nil)
            let listening = Task {
                for try await message in messages {
                    passing.withLock { $0 += "\(message.headers.all) \(String(decoding: message.body, as: UTF8.self))" }
                }
            }
            defer { listening.cancel() }

            #expect(try await gateway.member.call("POST", "\(Self.path)/reveal").text.contains(Self.marker))

            try await eventually("the question passed by") {
                passing.withLock { $0.contains(Fixture.store.description) }
            }
            #expect(!passing.withLock { $0.contains(Self.marker) })
            #expect(log.text.contains("/credentials/reveal"))
            #expect(!log.text.contains(Self.marker))
            #expect(!"\(gateway.context.metrics.snapshot())".contains(Self.marker))
        }
    }

    @Test func `a password sealed for another store is not opened, and nothing is told of it`() async throws {
        let log = LogText()
        var logger = Logger(label: "test") { _ in log }
        logger.logLevel = .trace
        let other = try #require(StoreID("01J0000000000000000000000Z"))
        try await GatewayHarness.run(logger: logger) {
            $0.on(Subjects.Store.credentials, StoreRequest.self) { _ in try Self.sealed(for: other) }
        } _: { gateway in
            let answer = try await gateway.member.call("POST", "\(Self.path)/reveal")

            #expect(answer.status == 500)
            #expect(try answer.code == "INTERNAL_SERVER_ERROR")
            #expect(!answer.text.contains(Self.marker) && !answer.text.contains("v1.k1"))
            #expect(log.text.contains("authenticationFailed"))
            #expect(!log.text.contains(Self.marker) && !log.text.contains("v1.k1"))
        }
    }

    @Test(arguments: ["reveal", "rotate"]) func `viewers get neither, and a GET gets nothing`(_ verb: String)
        async throws
    {
        try await GatewayHarness.run { gateway in
            let refused = try await gateway.viewer.call("POST", "\(Self.path)/\(verb)")
            #expect(refused.status == 403)
            let read = try await gateway.member.call("GET", "\(Self.path)/\(verb)")
            #expect(read.status == 405)
            #expect(read.headers["Allow"]?.contains("POST") == true)
        }
    }

    @Test(arguments: [(nil, false), ("{}", false), (#"{"database":true}"#, true), (#"{"database":false}"#, false)])
    func `a rotation is accepted with its operation`(_ body: String?, _ database: Bool) async throws {
        let asked = Mutex<[RotateCredentials]>([])
        try await GatewayHarness.run {
            $0.on(Subjects.Store.rotate, RotateCredentials.self) { request in
                asked.withLock { $0.append(request) }
                return try Fixture.accepted()
            }
        } _: { gateway in
            let answer = try await gateway.member.call("POST", "\(Self.path)/rotate", body)

            #expect(answer.status == 202)
            #expect(answer.headers["Location"] == "/api/stores/\(Fixture.store)")
            #expect(try answer.json.at("operation.id")?.stringValue == Fixture.operation.description)
            #expect(asked.withLock { $0.map(\.database) } == [database])
        }
    }

    @Test(arguments: [
        ("reveal", #"{"x":1}"#, "x is not known here"), ("rotate", #"{"database":"yes"}"#, "true or false"),
        ("rotate", #"{"databse":true}"#, "databse is not known here"),
    ])
    func `a body that makes no sense is refused`(_ verb: String, _ body: String, _ words: String) async throws {
        try await GatewayHarness.run { gateway in
            let answer = try await gateway.member.call("POST", "\(Self.path)/\(verb)", body)
            #expect(answer.status == 400)
            #expect(try answer.json["detail"]?.stringValue?.contains(words) == true)
        }
    }

    @Test(arguments: [ServiceFault.Code.credentialsNotReady, .operationInProgress, .invalidStateTransition])
    func `what store-service refuses is a conflict`(_ code: ServiceFault.Code) async throws {
        try await GatewayHarness.run {
            $0.on(Subjects.Store.credentials, StoreRequest.self) { _ -> SealedCredentials in
                throw ServiceFault(code, "No.")
            }
        } _: { gateway in
            let answer = try await gateway.member.call("POST", "\(Self.path)/reveal")
            #expect(answer.status == 409)
            #expect(try answer.code == code.rawValue)
        }
    }
}

/// Everything that was logged, as text.
private final class LogText: LogHandler {
    private let lines = Mutex("")
    private let own = Mutex((level: Logger.Level.trace, metadata: Logger.Metadata()))

    var text: String { lines.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { own.withLock { $0.metadata } }
        set { own.withLock { $0.metadata = newValue } }
    }
    var logLevel: Logger.Level {
        get { own.withLock { $0.level } }
        set { own.withLock { $0.level = newValue } }
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.withLock { $0 += "\(event.message) \(event.metadata ?? [:])\n" }
    }
}
