import Foundation
import ServiceRuntime
import Synchronization
import Testing

@testable import KubernetesClient

/// A log as it is read piece by piece, from a server that a test writes.
@Suite(.timeLimit(.minutes(1))) struct PodLogTests {
    private func api(_ server: ScriptedServer) throws -> (LiveKubernetesAPI, remove: () -> Void) {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("kubeconfig-\(UUID().uuidString)")
        try KubeconfigWriter.text(server: "http://127.0.0.1:\(server.port)", token: "t").write(
            to: url,
            atomically: true,
            encoding: .utf8
        )
        return (
            LiveKubernetesAPI(configuration: .kubeconfig(path: url.path, context: nil)),
            { try? FileManager.default.removeItem(at: url) }
        )
    }

    @Test func `the question names all that is asked for`() {
        let options = PodLogOptions(
            container: "php",
            tailLines: 7,
            previous: true,
            timestamps: true,
            since: Date(timeIntervalSince1970: 0),
            follow: true,
            limitBytes: 9
        )
        #expect(
            options.path("p", namespace: "n").description
                == "/api/v1/namespaces/n/pods/p/log?container=php&tailLines=7&previous=true&timestamps=true"
                + "&sinceTime=1970-01-01T00%3A00%3A00.000Z&follow=true&limitBytes=9"
        )
        #expect(
            PodLogOptions(tailLines: nil).path("p", namespace: "n").description == "/api/v1/namespaces/n/pods/p/log"
        )
    }

    @Test func `a log comes in pieces, the next only when the one before was taken`() async throws {
        let text = String(repeating: "0123456789abcdef\n", count: 100_000)
        let server = try ScriptedServer { _, _ in .init(body: text) }
        defer { server.stop() }
        let (api, remove) = try api(server)
        defer { remove() }
        let taking = Mutex((now: 0, most: 0, bytes: 0, pieces: 0))

        try await api.readPodLog("p", namespace: "n", options: .init(), within: .seconds(30)) { piece in
            taking.withLock { taking in
                taking.now += 1
                taking.most = max(taking.most, taking.now)
                taking.bytes += piece.count
                taking.pieces += 1
            }
            await Task.yield()
            taking.withLock { $0.now -= 1 }
        }

        let seen = taking.withLock { $0 }
        #expect(seen.bytes == text.utf8.count)
        #expect(seen.pieces > 1)
        #expect(seen.most == 1)
        await api.close()
    }

    @Test func `who wants no more ends it, and the server notices`() async throws {
        struct Enough: Error {}
        let text = String(repeating: "0123456789abcdef\n", count: 4_000_000)
        let server = try ScriptedServer { _, _ in .init(body: text) }
        defer { server.stop() }
        let (api, remove) = try api(server)
        defer { remove() }

        await #expect(throws: Enough.self) {
            try await api.readPodLog("p", namespace: "n", options: .init(), within: .seconds(30)) { _ in throw Enough()
            }
        }
        // One connection after the other: this answer comes only when the server is done with the first.
        await #expect(throws: Enough.self) {
            try await api.readPodLog("p", namespace: "n", options: .init(), within: .seconds(30)) { _ in throw Enough()
            }
        }
        #expect(server.requests.count == 2)
        await api.close()
    }

    @Test func `a log that goes on for too long ends with timeout, a pod that is not there with notFound`() async throws
    {
        let server = try ScriptedServer { number, _ in
            if number == 0 {
                return .init(status: "404 Not Found", body: #"{"reason": "NotFound", "message": "no pod"}"#)
            }
            return .init(headers: "X-Next: 1\r\n", body: "line\n", isUnfinished: true)
        }
        defer { server.stop() }
        let (api, remove) = try api(server)
        defer { remove() }
        func code() async -> KubernetesError.Code? {
            do {
                try await api.readPodLog("p", namespace: "n", options: .init(follow: true), within: .seconds(1)) { _ in
                }
                return nil
            } catch {
                return (error as? KubernetesError)?.code
            }
        }

        #expect(await code() == .notFound)
        #expect(await code() == .timeout)
        await api.close()
    }

    @Test func `in memory a follower gets what is written, and the end`() async throws {
        let api = MemoryKubernetesAPI()
        api.setLog("one\n2026-05-01T00:00:00.5Z two", pod: "p", namespace: "n")
        let seen = Mutex("")
        let following = Task {
            let options = PodLogOptions(tailLines: nil, timestamps: true, follow: true)
            try await api.readPodLog("p", namespace: "n", options: options, within: .seconds(20)) { piece in
                seen.withLock { $0 += String(decoding: piece, as: UTF8.self) }
            }
        }
        while seen.withLock({ !$0.contains("two") }) { try await Task.sleep(for: .milliseconds(5)) }
        api.appendLog("three\n", pod: "p", namespace: "n")
        api.endLog(pod: "p", namespace: "n")
        try await following.value

        #expect(
            seen.withLock { $0 }
                == "2026-01-01T00:00:00.000Z one\n2026-05-01T00:00:00.5Z two\n2026-01-01T00:00:02.000Z three\n"
        )
        #expect(api.logReaders == 0)
    }
}
