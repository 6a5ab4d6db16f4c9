import StoreDomain

extension Symptoms {
    /// A pod that runs and is not ready. WordPress is ready only when it is set up, so until then its readiness tells
    /// nothing; a container that does not even start, or has to be killed, explains a timeout.
    static func probes(_ pod: PodState, _ observation: StoreObservation, _ next: ProvisioningStep?) -> [Symptom] {
        guard !pod.isReady, pod.phase == "Running",
            let warning = observation.warning(
                "Pod",
                pod.name,
                reasons: ["Unhealthy", "ProbeError"],
                where: { isStillMeant($0.message, pod, next) }
            )
        else { return [] }
        return [
            Symptom(
                key: "probe/\(pod.name)",
                code: .probeFailed,
                message: "The pod \(pod.name) runs and does not become ready: \(warning.message)",
                evidence: [.init(warning)],
                grace: next == .awaitWorkloads ? .seconds(90) : nil,
                retryable: true
            )
        ]
    }

    private static func isStillMeant(_ message: String, _ pod: PodState, _ next: ProvisioningStep?) -> Bool {
        // Events stay: every container fails its startup probe a few times.
        if message.hasPrefix("Startup") { return !pod.containers.allSatisfy(\.hasStarted) }
        return next == .awaitWorkloads || !message.hasPrefix("Readiness")
    }
}
