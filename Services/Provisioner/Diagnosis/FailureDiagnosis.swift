import StoreDomain

/// Turns symptoms into the failure that a person reads. Pure.
struct FailureDiagnosis: Sendable {
    /// The step that is not getting done.
    let step: ProvisioningStep
    let symptoms: [PersistentSymptom]

    /// The failure, or nil while there is reason to go on. `isOverdue`: patience has ended.
    func verdict(isOverdue: Bool) -> StoreFailure? {
        if let decisive = gravest(symptoms.filter(\.isDecisive)) { return failure(decisive.symptom) }
        guard isOverdue else { return nil }
        if let seen = gravest(symptoms) { return failure(seen.symptom) }
        return StoreFailure(
            code: .timeout,
            step: step,
            message: "The store was not ready in time, and nothing in the cluster tells why.",
            hint: Self.hint(.timeout),
            retryable: true
        )
    }

    /// What comes first here explains what comes later: a pod without its image also fails its probe.
    private static let gravity: [StoreFailure.Code] = [
        .namespaceConflict, .namespaceTerminating, .quotaExceeded, .imagePullFailed, .imageRateLimited, .setupJobFailed,
        .outOfMemory,
        .volumeUnbound, .unschedulable, .webhookUnavailable, .helmLocked, .helmFailed, .crashLoop, .probeFailed,
        .certificateNotReady, .ingressUnreachable, .orderPathBroken, .timeout,
    ]

    private func gravest(_ symptoms: [PersistentSymptom]) -> PersistentSymptom? {
        symptoms.min { left, right in
            (Self.gravity.firstIndex(of: left.symptom.code) ?? .max)
                < (Self.gravity.firstIndex(of: right.symptom.code) ?? .max)
        }
    }

    private func failure(_ symptom: Symptom) -> StoreFailure {
        StoreFailure(
            code: symptom.code,
            step: step,
            message: symptom.message,
            hint: Self.hint(symptom.code),
            retryable: symptom.retryable,
            evidence: symptom.evidence
        )
    }

    /// What a person can do about it.
    static func hint(_ code: StoreFailure.Code) -> String {
        switch code {
        case .imagePullFailed: "Check the image's name and tag, and that the cluster reaches its registry; then retry."
        case .imageRateLimited: "The registry limits how often images are pulled: wait, or use a mirror; then retry."
        case .quotaExceeded:
            "The plan's quota is too small for the store's chart: choose a larger plan or lower requests."
        case .unschedulable: "No node has room for the store: add nodes or free resources, then retry."
        case .volumeUnbound: "No volume is provided: check the cluster's storage class and its provisioner, then retry."
        case .outOfMemory: "A container needs more memory than its limit: raise it in the chart's values, then retry."
        case .crashLoop: "Look at the container's last log lines in the evidence; then retry."
        case .probeFailed: "A container runs and does not become ready: look at its log; then retry."
        case .setupJobFailed: "The evidence holds the setup's last line. Retry continues from what is there."
        case .helmFailed: "The chart or its values do not fit this cluster; the message holds Helm's own words."
        case .helmLocked: "Another Helm operation holds the release: retry once it has ended."
        case .webhookUnavailable: "An admission webhook of the cluster does not answer; retry once it does."
        case .ingressUnreachable:
            "The pods run, but the ingress does not serve the store: check the ingress controller."
        case .certificateNotReady: "The certificate of the store's host is not issued yet: look at its issuer."
        case .orderPathBroken: "The shop answers, but a guest cannot order: the message names the leg that failed."
        case .namespaceConflict: "A namespace of that name exists and isn't this store's: choose another name."
        case .namespaceTerminating: "An older namespace of that name is still being deleted: retry when it is gone."
        case .timeout: "Retry continues from what is there."
        }
    }
}
