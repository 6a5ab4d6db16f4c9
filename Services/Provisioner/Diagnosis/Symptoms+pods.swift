import StoreDomain

extension Symptoms {
    /// What pods themselves say; `next` is the step that is not done yet.
    static func pods(_ observation: StoreObservation, _ next: ProvisioningStep?) -> [Symptom] {
        observation.pods.filter { isOfInterest($0, observation) }.flatMap { pod -> [Symptom] in
            if pod.isTerminating { return hanging(pod, observation) }
            return scheduling(pod) + start(pod, observation) + mounts(pod, observation)
                + pod.containers.compactMap { container(pod, $0, observation) } + probes(pod, observation, next)
        }
    }

    /// Not what has ended, and no Job's pod but the setup's: a run of the CronJob may fail without harm.
    private static func isOfInterest(_ pod: PodState, _ observation: StoreObservation) -> Bool {
        guard pod.phase != "Succeeded", pod.phase != "Failed" else { return false }
        guard let owner = pod.owner, observation.jobs.contains(where: { $0.name == owner }) else { return true }
        return owner == setupJob(observation)
    }

    /// A node that cannot make the pod's network or sandbox.
    private static func start(_ pod: PodState, _ observation: StoreObservation) -> [Symptom] {
        guard pod.phase == "Pending",
            let warning = observation.warning("Pod", pod.name, reasons: ["FailedCreatePodSandBox"])
        else { return [] }
        return [
            Symptom(
                key: "sandbox/\(pod.name)",
                code: .unschedulable,
                message: "The node cannot start the pod \(pod.name): \(warning.message)",
                evidence: [.init(warning)],
                // A network plug-in that starts anew needs a moment.
                grace: .seconds(60),
                retryable: true,
                hint: "The node cannot start pods: look at its network plug-in and its container runtime; then retry."
            )
        ]
    }

    /// A pod that does not end keeps its successor from beginning.
    private static func hanging(_ pod: PodState, _ observation: StoreObservation) -> [Symptom] {
        guard let warning = observation.warning("Pod", pod.name, reasons: ["FailedKillPod"]) else { return [] }
        return [
            Symptom(
                key: "kill/\(pod.name)",
                code: .timeout,
                message: "The pod \(pod.name) does not end: \(warning.message)",
                evidence: [.init(warning)],
                grace: nil,
                retryable: true,
                hint: "The node cannot end a container: look at its container runtime; then retry."
            )
        ]
    }
}
