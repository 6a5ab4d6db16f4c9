import FoundationEssentials
import KubernetesClient
import ServiceRuntime
import StoreContracts

/// Whose log is meant. Pure.
struct LogTarget: Sendable, Hashable {
    let pod: String
    let container: String
    let life: String
    let isRunning: Bool
    let isPrevious: Bool

    /// Throws `NOT_FOUND` for what the store does not have, `POD_NOT_STARTED` with the reason for what has no log yet.
    init(pod: KubernetesObject, container name: String?, previous: Bool) throws(ServiceFault) {
        let containers = ContainerInsight.all(of: pod)
        let first = containers.first { $0.resource.name == pod.json.at("spec.containers.0.name")?.stringValue }
        let named = name.map { name in containers.first { $0.resource.name == name } } ?? first
        guard let container = named else {
            throw ServiceFault(.notFound, "The pod has no such container.")
        }
        guard let life = previous ? container.previousLife : container.life else {
            let why = container.condition.map { ": \($0)" } ?? ""
            let message =
                previous
                ? "The container has not been restarted, so there is no log of an earlier life."
                : "The container has not been started yet\(why)"
            throw ServiceFault(.podNotStarted, message)
        }
        self.pod = pod.name
        self.container = container.resource.name
        self.life = life
        isRunning = container.isRunning && !previous
        isPrevious = previous
    }

    /// The pod that is meant where none is named: the one that serves the shop, the newest of several, else the first.
    static func usual(of pods: [KubernetesObject]) -> KubernetesObject? {
        let shop = pods.filter { $0.labels["app.kubernetes.io/component"] == "wordpress" && !$0.isTerminating }
        return shop.max { ($0.creationTimestamp ?? .distantPast) < ($1.creationTimestamp ?? .distantPast) }
            ?? pods.first
    }
}
