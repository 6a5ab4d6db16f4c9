import Foundation
import KubernetesClient
import ServiceRuntime
import StoreContracts

extension PodResource {
    /// Reads a pod as Kubernetes describes it.
    init(_ object: KubernetesObject) {
        let containers = ContainerInsight.all(of: object)
        self.init(
            name: object.name,
            component: object.labels["app.kubernetes.io/component"] ?? "",
            phase: object.isTerminating ? "Terminating" : object.json.at("status.phase")?.stringValue ?? "Unknown",
            ready: object.condition("Ready")?.isTrue ?? false,
            restarts: containers.reduce(0) { $0 + $1.resource.restarts },
            startedAt: object.json.at("status.startTime")?.stringValue.flatMap(RFC3339.parse),
            containers: containers.map(\.resource)
        )
    }
}

/// A container of a pod, and which of its lives have a log. Pure.
struct ContainerInsight: Sendable, Hashable {
    let resource: PodResource.Container
    /// The life whose log is the present one; nil while it was never started.
    let life: String?
    /// The life before that, where it was restarted.
    let previousLife: String?
    /// Whether the present life goes on.
    let isRunning: Bool
    /// How it waits or ended, with Kubernetes' words.
    let condition: String?

    /// Those that prepare the pod first, then the others; also those that the kubelet has not spoken of yet.
    static func all(of pod: KubernetesObject) -> [ContainerInsight] {
        let unscheduled = pod.condition("PodScheduled").flatMap { $0.isTrue ? nil : $0 }
        return [("initContainers", "initContainerStatuses"), ("containers", "containerStatuses")].flatMap { kinds in
            let statuses = pod.json.at("status.\(kinds.1)")?.arrayValue ?? []
            return (pod.json.at("spec.\(kinds.0)")?.arrayValue ?? []).map { container in
                let name = container["name"]?.stringValue ?? ""
                let status = statuses.first { $0["name"]?.stringValue == name }
                return ContainerInsight(name, status ?? .null, unscheduled)
            }
        }
    }

    private init(_ name: String, _ status: JSONValue, _ unscheduled: KubernetesCondition?) {
        let running = status.at("state.running")
        let ended = status.at("state.terminated")
        let before = status.at("lastState.terminated")
        let state: PodResource.Container.State = running != nil ? .running : ended != nil ? .terminated : .waiting
        let words = ended ?? status.at("state.waiting")
        let reason = words?["reason"]?.stringValue ?? (state == .waiting ? unscheduled?.reason : nil)
        let message = words?["message"]?.stringValue ?? (state == .waiting ? unscheduled?.message : nil)
        resource = PodResource.Container(
            name: name,
            state: state,
            reason: reason.flatMap { $0.isEmpty ? nil : $0 },
            ready: status["ready"]?.boolValue ?? false,
            restarts: status["restartCount"]?.intValue ?? 0
        )
        isRunning = running != nil
        condition = [reason, message].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
        let previous = before.map { Self.life($0["containerID"]) }
        if running != nil || ended != nil {
            life = Self.life(ended?["containerID"] ?? status["containerID"])
            previousLife = previous
        } else {
            // Between two lives the log is that of the last one.
            life = previous
            previousLife = nil
        }
    }

    /// `containerd://4f5e…`, shortened to what tells lives apart.
    private static func life(_ id: JSONValue?) -> String {
        let text = id?.stringValue ?? ""
        let hash = text.range(of: "://").map { text[$0.upperBound...] } ?? text[...]
        return String(hash.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(12))
    }
}
