import StoreDomain

extension Symptoms {
    /// The shop answers, but a guest's order does not go through, or cannot even be tried.
    static func orderPath(_ observation: StoreObservation, _ next: ProvisioningStep?) -> [Symptom] {
        guard let proof = observation.orderProof, let reason = proof.reason, let message = proof.message,
            next == .verifyOrderPath
        else { return [] }
        return [
            Symptom(
                key: "orderPath",
                code: .orderPathBroken,
                message: message,
                evidence: [.init(kind: "OrderProof", name: ClusterNames.release, reason: reason, message: message)],
                // Long enough for a store that has just become ready; the proof is repeated meanwhile.
                grace: .seconds(20),
                retryable: true
            )
        ]
    }
}
