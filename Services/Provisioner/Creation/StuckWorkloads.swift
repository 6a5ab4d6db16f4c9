import KubernetesClient
import ServiceRuntime
import StoreContracts

/// Has Kubernetes try at once what it puts off: after failures it waits longer and longer, up to a quarter of an hour,
/// and a person who asks for a retry has just removed the cause.
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
    func wake(_ command: ProvisionCommand) async throws {
        for pod in try await api.listAll(.pods, namespace: command.namespace).items {
            let isStuck = PodState(pod).containers.contains { Self.waits.contains($0.waiting?.reason ?? "") }
            guard isStuck else { continue }
            try await api.delete(.pods, pod.name, namespace: command.namespace, options: DeleteOptions(uid: pod.uid))
        }
        // Any change of a maker of pods has its controller look at it now.
        let patch: JSONValue = [
            "metadata": ["annotations": [Self.retried: .string(String(command.generation))]]
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
