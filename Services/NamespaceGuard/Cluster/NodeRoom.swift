import KubernetesClient
import ServiceRuntime

/// What a node that takes a store's pods has to give in all. Pure.
struct NodeRoom: Hashable, Sendable {
    let name: String
    let allocatable: ComputeAmount
    /// How many pods it runs at most.
    let pods: Int

    /// Nil for a node that takes none: cordoned, not ready, or tainted (stores tolerate nothing).
    init?(_ node: KubernetesObject) {
        guard node.json.at("spec.unschedulable")?.boolValue != true, node.condition("Ready")?.isTrue == true else {
            return nil
        }
        let taints = node.json.at("spec.taints")?.arrayValue ?? []
        guard !taints.contains(where: { ["NoSchedule", "NoExecute"].contains($0["effect"]?.stringValue) }) else {
            return nil
        }
        let allocatable = node.json.at("status.allocatable")
        name = node.name
        self.allocatable = ComputeAmount(allocatable)
        pods = allocatable?["pods"]?.stringValue.flatMap(Quantity.init).map { Int($0.thousandths / 1000) } ?? 0
    }
}
