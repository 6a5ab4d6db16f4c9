import Foundation
import KubernetesClient
import ServiceRuntime

/// Knows what a store's Secrets hold, so that nothing of it is told.
struct StoreRedaction: Sendable {
    let api: any KubernetesAPI

    /// What hides the passwords that the store has now. Throws `KubernetesError`, also where the store's own Secret is
    /// gone: its pods may know what was in it, and nobody can tell what that was.
    func read(_ namespace: String) async throws -> SecretRedaction {
        // Helm's records are many and large, and hold no password: values name Secrets.
        let others = try await api.listAll(.secrets, namespace: namespace, labelSelector: "owner!=helm").items
        guard others.contains(where: { $0.name == ClusterNames.secrets }) else {
            throw KubernetesError(code: .notFound, message: "the store's Secret is gone")
        }
        return SecretRedaction(values: others.flatMap(Self.values))
    }

    private static func values(of secret: KubernetesObject) -> [String] {
        let data = secret["data"]?.objectValue ?? [:]
        return data.filter { isSecret($0.key, in: secret["type"]?.stringValue ?? "Opaque") }.values
            .compactMap { $0.stringValue.flatMap { Data(base64Encoded: $0) } }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Certificates and names that Kubernetes puts beside a secret are none, and would make holes into every text.
    private static func isSecret(_ key: String, in type: String) -> Bool {
        switch type {
        case "kubernetes.io/service-account-token": key == "token"
        case "kubernetes.io/tls": key == "tls.key"
        case "kubernetes.io/basic-auth": key == "password"
        case "helm.sh/release.v1": false
        default: true
        }
    }
}
