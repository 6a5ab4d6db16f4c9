import Foundation
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import KubernetesClient

/// The real client against a server that refuses and delays as it is told.
@Suite(.timeLimit(.minutes(1))) struct KubernetesPaceTests {
    private static let tooMany = ScriptedServer.Answer(
        status: "429 Too Many Requests",
        headers: "Retry-After: 1\r\n",
        body: #"{"kind":"Status","reason":"TooManyRequests","message":"slow down","code":429}"#
    )
    private static let version = ScriptedServer.Answer(body: #"{"major":"1","minor":"20","gitVersion":"v1.20.2"}"#)

    /// A client of a server of its own.
    private func with(
        limit: RequestLimit = .usual,
        _ answer: @escaping @Sendable (Int, String) -> ScriptedServer.Answer,
        _ body: (LiveKubernetesAPI, ScriptedServer) async throws -> Void
    ) async throws {
        let server = try ScriptedServer(answer)
        defer { server.stop() }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("kubeconfig-\(UUID().uuidString)")
        defer { do { try FileManager.default.removeItem(at: file) } catch {} }
        try KubeconfigWriter.text(server: "http://127.0.0.1:\(server.port)", token: "t")
            .write(to: file, atomically: true, encoding: .utf8)
        let api = LiveKubernetesAPI(configuration: .kubeconfig(path: file.path, context: nil), limit: limit)
        let result: Result<Void, any Error>
        do { result = .success(try await body(api, server)) } catch { result = .failure(error) }
        await api.close()
        try result.get()
    }

    @Test func `a call that is refused with 429 is sent again when the server said`() async throws {
        try await with({ number, _ in number < 2 ? Self.tooMany : Self.version }) { api, server in
            let version = try await api.version()
            #expect(version.name == "v1.20.2")

            let times = server.requests.map(\.at)
            try #require(times.count == 3)
            #expect(times[1] - times[0] >= .seconds(1))
            #expect(times[2] - times[1] >= .seconds(1))
        }
    }

    @Test func `a creation refused with 429 was not worked on, so it is sent again as well`() async throws {
        let made = ScriptedServer.Answer(status: "201 Created", body: #"{"metadata":{"name":"a"}}"#)
        try await with({ number, _ in number < 1 ? Self.tooMany : made }) { api, server in
            let object = KubernetesObject(.configMaps, name: "a", namespace: "n")

            let made = try await api.create(object, as: .configMaps)
            #expect(made.name == "a")

            #expect(server.requests.map(\.line) == Array(repeating: "POST /api/v1/namespaces/n/configmaps", count: 2))
        }
    }

    @Test func `a server that asks for too much patience is the caller's to wait for`() async throws {
        var long = Self.tooMany
        long.headers = "Retry-After: 3600\r\n"
        try await with({ [long] _, _ in long }) { api, server in
            let error = await #expect(throws: KubernetesError.self) { try await api.version() }

            #expect(error?.code == .tooManyRequests)
            #expect(error?.retryAfter == .seconds(3600))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `503 with a time is sent again for a read and not for a creation`() async throws {
        let away = ScriptedServer.Answer(status: "503 Service Unavailable", headers: "Retry-After: 1\r\n")
        try await with({ number, _ in number == 1 ? Self.version : away }) { api, server in
            let version = try await api.version()
            #expect(version.minor == 20)
            let object = KubernetesObject(.configMaps, name: "a", namespace: "n")
            let error = await #expect(throws: KubernetesError.self) { try await api.create(object, as: .configMaps) }

            #expect(error?.code == .server)
            #expect(server.requests.count == 3)
        }
    }

    @Test func `requests beyond the limit wait, in the order in which they came`() async throws {
        let object = ScriptedServer.Answer(body: #"{"metadata":{"name":"a"}}"#)
        try await with(limit: RequestLimit(perSecond: 20, burst: 1), { _, _ in object }) { api, server in
            let began = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 {
                    group.addTask { _ = try await api.get(.pods, "p\(number)", namespace: "n") }
                    // The next one asks only once this one is on its way or has its place.
                    try await eventually { api.pace.withLock { $0.taken } == number + 1 }
                }
                try await group.waitForAll()
            }

            #expect(ContinuousClock.now - began >= .milliseconds(240))
            #expect(server.requests.map(\.line) == (0..<6).map { "GET /api/v1/namespaces/n/pods/p\($0)" })
        }
    }

    @Test func `a call that is cancelled while it waits ends at once and leaves its place`() async throws {
        try await with(limit: RequestLimit(perSecond: 1, burst: 1), { _, _ in Self.version }) { api, server in
            _ = try await api.version()
            let began = ContinuousClock.now
            let waiting = Task { try await api.version() }
            try await eventually { api.pace.withLock { $0.taken } == 2 }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            #expect(ContinuousClock.now - began < .milliseconds(900))

            _ = try await api.version()

            #expect(ContinuousClock.now - began < .milliseconds(1900))
            #expect(server.requests.count == 2)
        }
    }

    @Test func `a watch takes its turn once and then goes on untouched`() async throws {
        let events = ScriptedServer.Answer(
            body: (1...5).map { #"{"type":"ADDED","object":{"metadata":{"name":"p\#($0)"}}}"# + "\n" }.joined()
        )
        try await with(limit: RequestLimit(perSecond: 1, burst: 1), { _, _ in events }) { api, _ in
            let began = ContinuousClock.now
            var names: [String] = []
            for try await event in api.watch(.pods, namespace: nil, options: WatchOptions(resourceVersion: "7")) {
                if case .added(let object) = event { names.append(object.name) }
            }

            #expect(names == ["p1", "p2", "p3", "p4", "p5"])
            #expect(ContinuousClock.now - began < .milliseconds(900))
        }
    }
}
