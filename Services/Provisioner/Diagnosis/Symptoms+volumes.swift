import StoreDomain

extension Symptoms {
    /// Claims without a volume.
    static func claims(_ observation: StoreObservation) -> [Symptom] {
        observation.claims.filter { $0.phase == "Pending" || $0.phase == "Lost" }.compactMap { claim in
            let warning = observation.warning(
                "PersistentVolumeClaim",
                claim.name,
                reasons: ["ProvisioningFailed", "ClaimLost", "ClaimMisbound", "VolumeMismatch", "FailedBinding"]
            )
            guard claim.phase == "Lost" || warning != nil else { return nil }
            let reason = warning?.reason ?? claim.phase
            let message = warning?.message ?? "the volume is lost"
            let trouble = VolumeTrouble(message: message, isLost: claim.phase == "Lost")
            return Symptom(
                key: "claim/\(claim.name)",
                code: .volumeUnbound,
                message: "The volume \(claim.name) is not provided: \(reason): \(message)",
                evidence: [.init(kind: "PersistentVolumeClaim", name: claim.name, reason: reason, message: message)],
                grace: trouble.grace,
                // Kubernetes itself tries all the time.
                retryable: trouble == .passing,
                hint: trouble.hint
            )
        }
    }

    /// A pod on a node that cannot attach or mount what it needs.
    static func mounts(_ pod: PodState, _ observation: StoreObservation) -> [Symptom] {
        let isWaiting = pod.containers.isEmpty || pod.containers.contains { $0.waiting != nil }
        guard pod.phase == "Pending", pod.unschedulable == nil, isWaiting else { return [] }
        let reasons: Set<String> = ["FailedMount", "FailedAttachVolume", "FailedMapVolume", "VolumeResizeFailed"]
        // "Timed out" says less than what was said before.
        let telling = observation.warning("Pod", pod.name, reasons: reasons) { !$0.message.hasPrefix("Unable to") }
        guard let warning = telling ?? observation.warning("Pod", pod.name, reasons: reasons) else { return [] }
        let trouble = VolumeTrouble(message: warning.message, isLost: false)
        return [
            Symptom(
                key: "mount/\(pod.name)",
                code: .volumeUnbound,
                message: "The pod \(pod.name) cannot have its volumes: \(warning.message)",
                evidence: [.init(warning)],
                grace: trouble.grace,
                retryable: true,
                hint: trouble == .missing
                    ? "The message names what the pod cannot mount: it must exist before the pod starts; then retry."
                    : "The node cannot attach or mount a volume: look at the storage driver and the node; then retry."
            )
        ]
    }
}

/// What kind of trouble a volume is in.
enum VolumeTrouble: Sendable, Equatable {
    /// What it is made from does not exist.
    case missing
    /// It is gone.
    case lost
    /// It may still come: provisioning and moving a disk take their time.
    case passing

    init(message: String, isLost: Bool) {
        if isLost {
            self = .lost
        } else if message.contains("registered CSI drivers") {
            // The driver's own pod on the node is starting.
            self = .passing
        } else if message.contains("not found") || message.contains("no storage class is set") {
            self = .missing
        } else {
            self = .passing
        }
    }

    /// What a person can do about a claim; nil: what is usual.
    var hint: String? {
        switch self {
        case .lost: "The volume is gone, and its data with it: restore it, or delete the store."
        case .missing: "Create what the message names, or name another in the chart's values; the store then goes on."
        case .passing: nil
        }
    }

    var grace: Duration {
        switch self {
        case .lost: .seconds(5)
        case .missing: .seconds(10)
        case .passing: .seconds(120)
        }
    }
}
