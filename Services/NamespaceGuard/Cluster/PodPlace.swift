import KubernetesClient
import ServiceRuntime

/// Processor time and memory, as the scheduler counts them.
struct ComputeAmount: Hashable, Sendable {
    /// Thousandths of a processor.
    var cpu = 0
    /// Bytes.
    var memory = 0

    init(cpu: Int = 0, memory: Int = 0) {
        self.cpu = cpu
        self.memory = memory
    }

    /// Reads a list of resources; what it does not name counts as nothing, fractions as the next whole unit.
    init(_ resources: JSONValue?) {
        let cpu = resources?["cpu"]?.stringValue.flatMap(Quantity.init)?.thousandths ?? 0
        let memory = resources?["memory"]?.stringValue.flatMap(Quantity.init)?.thousandths ?? 0
        self.init(cpu: Int(cpu), memory: Int((memory / 1000).rounded(.up)))
    }

    static func + (left: Self, right: Self) -> Self {
        Self(cpu: left.cpu + right.cpu, memory: left.memory + right.memory)
    }

    /// The larger of both, each resource by itself.
    func united(_ other: Self) -> Self { Self(cpu: max(cpu, other.cpu), memory: max(memory, other.memory)) }
}

/// A pod as far as room matters: where it is and what it takes there. Pure.
struct PodPlace: Hashable, Sendable {
    let namespace: String
    /// What it is to a store, by the chart's label.
    let component: String?
    /// Nil until the scheduler has found one.
    let node: String?
    let request: ComputeAmount

    /// Nil for a pod that has ended: it takes nothing any more.
    init?(_ pod: KubernetesObject) {
        guard pod.json.at("status.phase")?.stringValue != "Succeeded",
            pod.json.at("status.phase")?.stringValue != "Failed"
        else { return nil }
        namespace = pod.namespace ?? ""
        component = pod.labels["app.kubernetes.io/component"]
        node = pod.json.at("spec.nodeName")?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        request = Self.request(of: pod["spec"] ?? .null)
    }

    /// The scheduler's sum: containers run beside each other, init containers one after the other before them, those
    /// that are restarted (sidecars) beside everything after them. What the pod as a whole says goes before.
    private static func request(of spec: JSONValue) -> ComputeAmount {
        var running = ComputeAmount()
        var sidecars = ComputeAmount()
        var starting = ComputeAmount()
        for container in spec["containers"]?.arrayValue ?? [] { running = running + amount(of: container) }
        for container in spec["initContainers"]?.arrayValue ?? [] {
            let own = amount(of: container)
            if container["restartPolicy"]?.stringValue == "Always" {
                sidecars = sidecars + own
                starting = starting.united(sidecars)
            } else {
                starting = starting.united(sidecars + own)
            }
        }
        var sum = (running + sidecars).united(starting)
        let whole = spec.at("resources.requests")
        if whole?["cpu"] != nil { sum.cpu = ComputeAmount(whole).cpu }
        if whole?["memory"] != nil { sum.memory = ComputeAmount(whole).memory }
        return sum + ComputeAmount(spec["overhead"])
    }

    private static func amount(of container: JSONValue) -> ComputeAmount {
        ComputeAmount(container.at("resources.requests"))
    }
}
