import StoreDomain

extension Symptoms {
    /// The setup's end, by the Job's condition and the last words of its last pod.
    static func jobs(_ observation: StoreObservation) -> [Symptom] {
        let name = setupJob(observation)
        guard let job = observation.jobs.first(where: { $0.name == name }), let failure = job.failure else { return [] }
        let last = observation.pods
            .filter { $0.owner == job.name }
            .flatMap { pod in pod.containers.compactMap { $0.terminated.map { (pod.name, $0) } } }
            .last { $0.1.exitCode != 0 }
        let lastLine = last.flatMap { Symptoms.lastLine($0.1.message) }
        let isOutOfMemory = last?.1.reason == "OOMKilled"
        var evidence = [StoreFailure.Evidence(kind: "Job", name: job.name, reason: "Failed", message: failure)]
        if let last {
            let words = lastLine ?? "exit code \(last.1.exitCode)"
            evidence.append(.init(kind: "Pod", name: last.0, reason: last.1.reason, message: words))
        }
        return [
            Symptom(
                key: "job/\(job.name)",
                code: isOutOfMemory ? .outOfMemory : .setupJobFailed,
                message: "The setup failed: \(isOutOfMemory ? "OOMKilled: " : "")\(lastLine ?? failure)",
                evidence: evidence,
                // Its last pod's end is seen a moment after the Job's.
                grace: .seconds(2),
                retryable: true
            )
        ]
    }
}
