import StoreDomain

extension Symptoms {
    /// A pod that no node takes.
    static func scheduling(_ pod: PodState) -> [Symptom] {
        guard let reason = pod.unschedulable else { return [] }
        let trouble = SchedulingTrouble(message: reason)
        return [
            Symptom(
                key: "unschedulable/\(pod.name)",
                code: trouble == .volume ? .volumeUnbound : .unschedulable,
                message: "No node takes the pod \(pod.name): \(reason)",
                evidence: [.init(kind: "Pod", name: pod.name, reason: "Unschedulable", message: reason)],
                grace: trouble.grace,
                // Kubernetes itself tries all the time.
                retryable: trouble != .kind,
                hint: trouble.hint
            )
        ]
    }

    /// Pods that a node threw out, or did not let in.
    static func evictions(_ observation: StoreObservation) -> [Symptom] {
        guard !observation.areWorkloadsReady else { return [] }
        let evicted = observation.pods.filter { $0.phase == "Failed" && Eviction(reason: $0.reason) != nil }
        guard let pod = evicted.last, let eviction = Eviction(reason: pod.reason) else { return [] }
        let isOwnFault = Eviction.isOfPodItself(pod.message)
        return [
            Symptom(
                key: "evicted",
                code: isOwnFault ? .crashLoop : .unschedulable,
                message: "The node did not keep the pod \(pod.name): \(pod.reason): \(pod.message)",
                evidence: [.init(kind: "Pod", name: pod.name, reason: pod.reason, message: pod.message)],
                // One may be chance, and its successor finds another node.
                grace: evicted.count >= 3 ? .zero : nil,
                retryable: true,
                hint: isOwnFault
                    ? "A container writes more than it may outside of its volume: raise the limit in the chart's values."
                    : eviction.hint
            )
        ]
    }
}

/// Why no node takes a pod, by the scheduler's words.
enum SchedulingTrouble: Sendable, Equatable {
    /// Its volume is not there, or elsewhere.
    case volume
    /// All nodes are full.
    case room
    /// The pod it has to be beside has no node yet.
    case company
    /// No node is of the kind that is asked for.
    case kind

    init(message: String) {
        let text = message.lowercased()
        if Self.volumePhrases.contains(where: text.contains) {
            self = .volume
        } else if Self.roomPhrases.contains(where: text.contains) {
            self = .room
        } else if text.contains("pod affinity") || text.contains("pod anti-affinity") {
            self = .company
        } else {
            self = .kind
        }
    }

    /// Room comes when others leave or a node is added, and the other pod has a symptom of its own.
    var grace: Duration? {
        switch self {
        case .company: nil
        case .volume, .room: .seconds(120)
        case .kind: .seconds(10)
        }
    }

    var hint: String? {
        switch self {
        case .volume, .room, .company: nil
        case .kind:
            "No node is of the kind the pods ask for: check nodes, taints and selectors; the store goes on once one is."
        }
    }

    private static let volumePhrases = [
        "persistentvolumeclaim", "persistent volume", "volume node affinity", "volume binding", "max volume count",
        "available volume zone",
    ]
    /// The taints under node.kubernetes.io are a node's own state, which passes.
    private static let roomPhrases = [
        "insufficient", "too many pods", "free ports", "no nodes available", "0/0 nodes", "node.kubernetes.io/",
    ]
}

/// Why a node ended a pod or refused it.
enum Eviction: Sendable, Equatable {
    /// The node, or the pod, used up something.
    case pressure
    /// The node goes down.
    case shutdown

    init?(reason: String) {
        switch reason {
        case "Evicted", "Preempting", "UnexpectedAdmissionError": self = .pressure
        case "NodeShutdown", "Shutdown", "Terminated", "NodeLost": self = .shutdown
        // OutOfcpu, OutOfmemory, OutOfpods, OutOfephemeral-storage, NodeAffinity, NodeName, NodePorts
        case let reason where reason.hasPrefix("OutOf") || reason.hasPrefix("Node"): self = .pressure
        default: return nil
        }
    }

    /// The kubelet's words for a pod that is over its own limits, not the node over its own.
    static func isOfPodItself(_ message: String) -> Bool {
        message.hasPrefix("Pod ephemeral local storage usage exceeds") || message.hasPrefix("Usage of EmptyDir volume")
            || message.contains("exceeded its local ephemeral storage limit")
    }

    var hint: String? {
        switch self {
        case .pressure: nil
        case .shutdown: "The node went down: the pods start on another one, or when it is back."
        }
    }
}
