import Foundation
import NIOHTTP1
import RedisStreams
import ServiceRuntime
import TestPlatform
import TestSupport
import Testing

extension EndToEnd {
    /// A region that is cut off from its cluster, while nothing of the platform ends.
    @Suite(.serialized) struct CutOffTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test func `a store that is deleted while its cluster is away is gone once the cluster is back`() async throws {
            let (proxy, kubeconfig) = try Self.proxiedCluster()
            defer { Self.remove(kubeconfig) }
            let region = try TestRegion("faulty", settings: ["KUBECONFIG": kubeconfig.path])
            defer { region.stop() }
            let name = Platform.name("cut-off")
            let id = try await platform.create(name, region: "faulty")
            try await platform.wait(for: id, "READY")

            await proxy.partition()
            let first = try await platform.call(.DELETE, "/api/stores/\(id)")
            #expect(first.status == 202, "\(first.text)")
            let isTold = try await platform.poll(within: .seconds(90)) {
                let events = try await platform.call(.GET, "/api/stores/\(id)/events?limit=500")
                return events.text.contains("Waiting for the cluster")
            }
            #expect(isTold, "nobody tells that the cluster is away")
            let again = try await platform.call(.DELETE, "/api/stores/\(id)")
            #expect(again.status == 202, "\(again.text)")
            #expect(try again.json.at("operation.id") == first.json.at("operation.id"))
            #expect(try again.json.at("store.status")?.stringValue == "DELETING")

            await proxy.restore()
            try await platform.delete(id, name)
        }

        /// The cluster behind a proxy, and the kubeconfig that goes there.
        private static func proxiedCluster() throws -> (FaultProxy, URL) {
            let path = try #require(ProcessInfo.processInfo.environment["KUBECONFIG"])
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let server = try #require(text.firstMatch(of: /https:\/\/127\.0\.0\.1:(\d+)/), "the cluster is elsewhere")
            let proxy = try FaultProxy(before: .tcp(host: "127.0.0.1", port: try #require(UInt16(server.output.1))))
            let file = FileManager.default.temporaryDirectory.appending(path: "kubeconfig-\(UUID().uuidString)")
            let proxied = text.replacing(server.output.0, with: "https://127.0.0.1:\(proxy.port)")
            try #require(
                FileManager.default.createFile(
                    atPath: file.path,
                    contents: Data(proxied.utf8),
                    attributes: [.posixPermissions: 0o600]
                )
            )
            return (proxy, file)
        }

        private static func remove(_ file: URL) {
            do { try FileManager.default.removeItem(at: file) } catch { Issue.record(error) }
        }
    }
}
