import Foundation
import Testing

@testable import KubernetesClient

enum KubeconfigWriter {
    static func text(server: String, token: String) -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: c
        clusters: [{name: c, cluster: {server: "\(server)", insecure-skip-tls-verify: true}}]
        users: [{name: u, user: {token: "\(token)"}}]
        contexts: [{name: c, context: {cluster: c, user: u}}]
        """
    }
}

@Suite(.timeLimit(.minutes(1))) struct KubernetesOutageTests {
    @Test func `without a kubeconfig calls fail as an outage, and work once there is one`() async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("kubeconfig-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        let api = LiveKubernetesAPI(configuration: .kubeconfig(path: url.path, context: nil))
        let before = await #expect(throws: KubernetesError.self) { try await api.version() }
        #expect(before?.code == .configuration)
        #expect(before?.isOutage == true)

        // Nobody listens on port 1: the file is read, and the server is what's missing now.
        try KubeconfigWriter.text(server: "https://127.0.0.1:1", token: "t").write(
            to: url,
            atomically: true,
            encoding: .utf8
        )
        let after = await #expect(throws: KubernetesError.self) { try await api.version() }
        #expect(after?.code == .unreachable)
        await api.close()
    }

    @Test func `credentials are read again when the file changes`() async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("kubeconfig-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try KubeconfigWriter.text(server: "https://127.0.0.1:1", token: "old").write(
            to: url,
            atomically: true,
            encoding: .utf8
        )
        let connection = KubernetesConnection(configuration: .kubeconfig(path: url.path, context: nil))
        #expect(try await connection.client().token == "old")
        try KubeconfigWriter.text(server: "https://127.0.0.1:1", token: "newer").write(
            to: url,
            atomically: true,
            encoding: .utf8
        )
        await connection.distrustToken()
        #expect(try await connection.client().token == "newer")
        await connection.close()
    }

    @Test func `a watch of an unreachable server fails instead of ending`() async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("kubeconfig-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try KubeconfigWriter.text(server: "https://127.0.0.1:1", token: "t").write(
            to: url,
            atomically: true,
            encoding: .utf8
        )
        let api = LiveKubernetesAPI(configuration: .kubeconfig(path: url.path, context: nil))
        let error = await #expect(throws: KubernetesError.self) {
            for try await _ in api.watch(.pods, namespace: nil, options: WatchOptions()) {}
        }
        #expect(error?.code == .unreachable)
        await api.close()
    }

    @Test func `a service account is used inside of a pod`() {
        let inside = ["KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"]
        #expect(
            KubernetesConfiguration(kubeconfig: nil, environment: inside)
                == .serviceAccount(
                    directory: "/var/run/secrets/kubernetes.io/serviceaccount",
                    host: "10.96.0.1",
                    port: "443"
                )
        )
        #expect(
            KubernetesConfiguration(kubeconfig: "/a:/b", environment: inside) == .kubeconfig(path: "/a", context: nil)
        )
        #expect(KubernetesConfiguration(kubeconfig: nil, environment: [:]) == nil)
    }
}
