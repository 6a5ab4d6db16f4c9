import Helm
import StoreDomain

extension Symptoms {
    /// What Helm said, or what its release says of itself.
    static func helm(_ observation: StoreObservation) -> [Symptom] {
        guard let failure = observation.helmFailure else { return locked(observation) }
        let judgement = judgement(failure)
        return [
            Symptom(
                key: "helm/\(failure.code)",
                code: judgement.code,
                message: "Helm refused the release: \(failure.message)",
                evidence: [evidence(failure.code.rawValue, failure.message)],
                grace: judgement.grace,
                retryable: judgement.retryable,
                hint: judgement.hint
            )
        ]
    }

    private struct Judgement {
        let code: StoreFailure.Code
        let grace: Duration?
        var retryable = true
        var hint: String?
    }

    private static func judgement(_ failure: HelmFailure) -> Judgement {
        switch failure.code {
        // A quota may have been full with pods that are just ending.
        case .quotaExceeded: return Judgement(code: .quotaExceeded, grace: .seconds(20), retryable: false)
        // It comes back, as a rule; until then the store waits for it.
        case .webhookUnavailable: return Judgement(code: .webhookUnavailable, grace: .seconds(180))
        case .namespaceTerminating: return Judgement(code: .namespaceTerminating, grace: nil)
        case .chartInvalid, .objectInvalid: return Judgement(code: .helmFailed, grace: .zero, retryable: false)
        case .releaseLocked: return Judgement(code: .helmLocked, grace: .seconds(120))
        case .timeout, .unreachable: return Judgement(code: .helmFailed, grace: nil)
        case .forbidden: return Judgement(code: .helmFailed, grace: .zero, hint: policyHint)
        case .notInstalled, .conflict, .nameInUse, .neverDeployed, .notFound, .failed:
            return Judgement(code: .helmFailed, grace: .zero)
        }
    }

    /// For what an admission rule or missing rights refuse.
    static let policyHint =
        "A rule of the cluster refuses what the chart makes: change the rule, the platform's rights or the chart's values."

    /// A release that says an operation is under way: a helm died, or another one is at work.
    private static func locked(_ observation: StoreObservation) -> [Symptom] {
        guard let release = observation.release, release.status.isPending else { return [] }
        let message = "Revision \(release.revision) of the release is being changed by another Helm operation."
        return [
            Symptom(
                key: "helm/pending",
                code: .helmLocked,
                message: message,
                evidence: [evidence("Pending", message)],
                grace: nil,
                retryable: true
            )
        ]
    }

    private static func evidence(_ reason: String, _ message: String) -> StoreFailure.Evidence {
        .init(kind: "HelmRelease", name: ClusterNames.release, reason: reason, message: message)
    }
}
