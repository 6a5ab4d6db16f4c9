import Foundation
import KubernetesClient
import ServiceRuntime
import StoreContracts

/// Has Kubernetes try at once what it puts off: after failures it waits longer and longer, up to a quarter of an hour,
/// and by now the cause may be gone.
///
/// Deletes nothing that holds data: pods that do not run are made anew by their owners. Idempotent.
struct StuckWorkloads: Sendable {
    let api: any KubernetesAPI

    private static let retried = "store-platform/retried"
    private static let waits: Set<String> = [
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CrashLoopBackOff", "CreateContainerConfigError",
        "CreateContainerError", "RunContainerError",
    ]

    /// Wakes whatever is stuck in the command's namespace.
    func wake(_ command: ProvisionCommand, now: Date) async throws {
        for pod in try await api.listAll(.pods, namespace: command.namespace).items {
            let isStuck = PodState(pod).containers.contains { Self.waits.contains($0.waiting?.reason ?? "") }
            // A Job counts a pod that was deleted as one that failed; a Job that did fail gets a revision of its own.
            guard isStuck, pod.owners.first?.kind != "Job" else { continue }
            try await api.delete(.pods, pod.name, namespace: command.namespace, options: DeleteOptions(uid: pod.uid))
        }
        // Any change of a maker of pods has its controller look at it now.
        let patch: JSONValue = [
            "metadata": ["annotations": [Self.retried: .string(RFC3339.format(now))]]
        ]
        for type in [ResourceType.replicaSets, .statefulSets] {
            for object in try await api.listAll(type, namespace: command.namespace).items {
                let wanted = object.json.at("spec.replicas")?.intValue ?? 1
                let made = object.json.at("status.replicas")?.intValue ?? 0
                guard made < wanted else { continue }
                _ = try await api.mergePatch(type, object.name, namespace: command.namespace, patch: patch)
            }
        }
    }
}
