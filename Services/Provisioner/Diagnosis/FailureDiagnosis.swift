import StoreDomain

/// Turns symptoms into the failure that a person reads. Pure.
struct FailureDiagnosis: Sendable {
    /// The step that is not getting done.
    let step: ProvisioningStep
    let symptoms: [PersistentSymptom]

    /// The failure, or nil while there is reason to go on. `isOverdue`: patience has ended.
    func verdict(isOverdue: Bool) -> StoreFailure? {
        if let decisive = gravest(symptoms.filter(\.isDecisive)) {
            return failure(decisive.symptom)
        }
        guard isOverdue else { return nil }
        if let seen = gravest(symptoms) { return failure(seen.symptom) }
        return StoreFailure(
            code: .timeout,
            step: step,
            message: "The store was not ready in time, and nothing in the cluster tells why.",
            hint: StoreFailure.Code.timeout.hint,
            retryable: true
        )
    }

    /// What comes first here explains what comes later: a pod without its image also fails its probe.
    private static let gravity: [StoreFailure.Code] = [
        .namespaceConflict, .namespaceTerminating, .quotaExceeded, .imagePullFailed, .imageRateLimited, .outOfMemory,
        .setupJobFailed, .volumeUnbound, .unschedulable, .webhookUnavailable, .helmLocked, .helmFailed, .crashLoop,
        .probeFailed, .certificateNotReady, .ingressUnreachable, .orderPathBroken, .timeout,
    ]

    private func gravest(_ symptoms: [PersistentSymptom]) -> PersistentSymptom? {
        // Of two with one code, the one that could decide tells more than the one that only explains.
        func rank(_ symptom: Symptom) -> (Int, Int) {
            (Self.gravity.firstIndex(of: symptom.code) ?? .max, symptom.grace == nil ? 1 : 0)
        }
        return symptoms.min { rank($0.symptom) < rank($1.symptom) }
    }

    private func failure(_ symptom: Symptom) -> StoreFailure {
        StoreFailure(
            code: symptom.code,
            step: step,
            message: symptom.message,
            hint: symptom.hint ?? symptom.code.hint,
            retryable: symptom.retryable,
            evidence: symptom.evidence
        )
    }
}
