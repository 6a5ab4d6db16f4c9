import KubernetesClient
import ServiceRuntime

/// What a store's namespace holds, by name. No contents: Secrets are named only.
struct StoreInventory: Sendable, Equatable {
    /// A claim and the volume it is bound to.
    struct Claim: Sendable, Equatable {
        let name: String
        let volume: String
    }

    var revisions: [String] = []
    var workloads: [String] = []
    var jobs: [String] = []
    var pods: [String] = []
    var claims: [Claim] = []
    var ingresses: [String] = []
    var secrets: [String] = []

    /// Whether nothing of the Helm release is left that would run or be taken for a release.
    var isReleaseGone: Bool { revisions.isEmpty && workloads.isEmpty && jobs.isEmpty }

    /// For the timeline.
    var metadata: [String: JSONValue] {
        func names(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        return [
            "releaseRevisions": names(revisions), "workloads": names(workloads), "jobs": names(jobs),
            "pods": names(pods), "ingresses": names(ingresses), "secrets": names(secrets),
            "volumes": .array(claims.map { ["claim": .string($0.name), "volume": .string($0.volume)] }),
        ]
    }

    /// In words; nil for nothing.
    var sentence: String? {
        let counts: [(one: String, many: String, count: Int)] = [
            ("revision", "revisions", revisions.count), ("workload", "workloads", workloads.count),
            ("Job", "Jobs", jobs.count), ("pod", "pods", pods.count), ("volume", "volumes", claims.count),
            ("ingress", "ingresses", ingresses.count), ("Secret", "Secrets", secrets.count),
        ]
        let parts = counts.filter { $0.count > 0 }.map { "\($0.count) \($0.count == 1 ? $0.one : $0.many)" }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Reads a namespace.
    static func read(_ api: any KubernetesAPI, namespace: String) async throws -> StoreInventory {
        func names(_ type: ResourceType) async throws -> [String] {
            try await api.listAll(type, namespace: namespace).items.map(\.name)
        }
        let secrets = try await api.listAll(.secrets, namespace: namespace).items
        return StoreInventory(
            revisions: secrets.filter { $0.labels["owner"] == "helm" }.map(\.name),
            workloads: try await names(.deployments) + names(.statefulSets),
            jobs: try await names(.jobs),
            pods: try await names(.pods),
            claims: try await api.listAll(.persistentVolumeClaims, namespace: namespace).items.map {
                Claim(name: $0.name, volume: $0.json.at("spec.volumeName")?.stringValue ?? "")
            },
            ingresses: try await names(.ingresses),
            secrets: secrets.filter { $0.labels["owner"] != "helm" }.map(\.name)
        )
    }
}
