import KubernetesClient
import StoreDomain

/// Whose log tells more about a failure. Pure.
struct ContainerLog: Sendable, Equatable {
    let pod: String
    let options: PodLogOptions
    /// Whether the container left no last words of its own.
    let isOnlyWitness: Bool

    private static let lines = 8

    /// Nil where no container has anything to do with it.
    init?(of failure: StoreFailure, _ observation: StoreObservation) {
        guard [.crashLoop, .outOfMemory, .probeFailed, .setupJobFailed].contains(failure.code),
            let name = failure.evidence.first(where: { $0.kind == "Pod" })?.name,
            let pod = observation.pods.first(where: { $0.name == name })
        else { return nil }
        let failing = pod.containers.first { $0.terminated.map { $0.exitCode != 0 } ?? false }
        let waiting = pod.containers.first { $0.waiting != nil }
        guard let container = failing ?? waiting ?? pod.containers.last else { return nil }
        self.pod = pod.name
        // Where the container runs again, what it said before it fell is in the log of its life before.
        let isBefore = container.isRunning && container.terminated != nil && failure.code != .probeFailed
        options = PodLogOptions(container: container.name, tailLines: Self.lines, previous: isBefore)
        isOnlyWitness = container.terminated.map { Symptoms.lastLine($0.message) == nil } ?? true
    }
}
