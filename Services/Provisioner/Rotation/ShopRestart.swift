import Foundation
import KubernetesClient
import ServiceRuntime
import StoreContracts

/// Starts a store's WordPress anew, so that it takes the passwords that hold now.
struct ShopRestart: Sendable {
    /// It did not become ready in time.
    struct Late: Error {}

    let api: any KubernetesAPI
    var patience: Duration = .seconds(180)
    var interval: Duration = .milliseconds(250)

    /// Whether it was started anew by a mark that begins so.
    func wasMarked(_ prefix: String, _ command: ProvisionCommand) async throws -> Bool {
        let found = try await api.getIfPresent(.deployments, ClusterNames.wordpress, namespace: command.namespace)
        let annotations = found?.json.at("spec.template.metadata.annotations")
        return annotations?[ClusterNames.rotationOperation]?.stringValue?.hasPrefix(prefix) ?? false
    }

    /// Once for each mark, however often it is asked for; returns when the new pod is ready. Helm leaves the mark alone.
    func run(mark: String, _ command: ProvisionCommand, _ hold: StoreHold) async throws {
        let marking: JSONValue = [
            "spec": ["template": ["metadata": ["annotations": [ClusterNames.rotationOperation: .string(mark)]]]]
        ]
        try await hold.confirm()
        let name = ClusterNames.wordpress
        _ = try await api.mergePatch(.deployments, name, namespace: command.namespace, patch: marking)
        let deadline = ContinuousClock.now + patience
        while !RolloutState(try await api.get(.deployments, name, namespace: command.namespace)).isDone {
            guard .now < deadline else { throw Late() }
            // How often a pod is looked at that starts within a few seconds.
            try await Task.sleep(for: interval)
        }
    }
}

/// Whether a Deployment runs what it was last told to. Pure.
struct RolloutState: Sendable, Equatable {
    let isDone: Bool

    init(_ deployment: KubernetesObject) {
        func count(_ path: String) -> Int { deployment.json.at(path)?.intValue ?? 0 }
        let wanted = deployment.json.at("spec.replicas")?.intValue ?? 1
        let isObserved = count("status.observedGeneration") >= deployment.generation
        isDone =
            isObserved && count("status.updatedReplicas") >= wanted && count("status.readyReplicas") >= wanted
            && count("status.replicas") <= count("status.updatedReplicas")
    }
}
