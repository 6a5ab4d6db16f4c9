import StoreDomain

extension Symptoms {
    /// A container that waits, or does not stay up.
    static func container(
        _ pod: PodState,
        _ container: ContainerState,
        _ observation: StoreObservation
    ) -> Symptom? {
        guard let waiting = container.waiting else { return restarted(pod, container, observation) }
        switch waiting.reason {
        case let reason where imageReasons.contains(reason): return image(pod, container, waiting, observation)
        case "CrashLoopBackOff", "RunContainerError", "StartError", "PostStartHookError":
            return crash(pod, container, waiting, observation)
        case "CreateContainerConfigError", "CreateContainerError", "PreCreateHookError", "PreStartHookError":
            return symptom(
                pod,
                container,
                .crashLoop,
                (waiting.reason, waiting.message),
                // Secrets and ConfigMaps come with the release, so this is no matter of time.
                grace: .seconds(10),
                hint: "The container cannot be made from what the chart says: the message names what is missing."
            )
        default: return nil
        }
    }

    private static func crash(
        _ pod: PodState,
        _ container: ContainerState,
        _ waiting: (reason: String, message: String),
        _ observation: StoreObservation
    ) -> Symptom {
        let code = cause(pod, container, observation)
        let end = container.terminated
        let last = end.flatMap { lastLine($0.message) }
        let how = end.map { "\($0.reason), exit code \($0.exitCode)" } ?? waiting.message
        return symptom(
            pod,
            container,
            code,
            (code == .outOfMemory ? "OOMKilled" : waiting.reason, last.map { "\(how): \($0)" } ?? how),
            // A database may fall once before its volume is in order; the kubelet holds back what fell twice.
            grace: container.restarts >= 1 ? .zero : nil
        )
    }

    /// A container between two falls: it runs, or has just ended, and the kubelet does not hold it back yet.
    private static func restarted(
        _ pod: PodState,
        _ container: ContainerState,
        _ observation: StoreObservation
    ) -> Symptom? {
        guard !pod.isReady, container.restarts > 0, let end = container.terminated,
            end.exitCode != 0 || end.reason == "OOMKilled"
        else { return nil }
        let code = cause(pod, container, observation)
        let how = "\(end.reason), exit code \(end.exitCode), started anew \(container.restarts) times"
        let isHopeless = code == .outOfMemory && container.restarts >= 2
        return symptom(
            pod,
            container,
            code,
            (code == .outOfMemory ? "OOMKilled" : end.reason, lastLine(end.message).map { "\(how): \($0)" } ?? how),
            grace: isHopeless ? .zero : nil
        )
    }

    /// What ended it: its memory, the kubelet because of a probe, or itself.
    private static func cause(
        _ pod: PodState,
        _ container: ContainerState,
        _ observation: StoreObservation
    ) -> StoreFailure.Code {
        guard let end = container.terminated else { return .crashLoop }
        if end.reason == "OOMKilled" { return .outOfMemory }
        // 137 and 143: by the signals KILL and TERM.
        let isKilled = end.exitCode == 137 || end.exitCode == 143
        let probe = observation.warning("Pod", pod.name, reasons: ["Unhealthy"]) {
            $0.message.hasPrefix("Liveness probe") || $0.message.hasPrefix("Startup probe")
        }
        return isKilled && probe != nil ? .probeFailed : .crashLoop
    }

    private static func symptom(
        _ pod: PodState,
        _ container: ContainerState,
        _ code: StoreFailure.Code,
        _ what: (reason: String, message: String),
        grace: Duration?,
        hint: String? = nil
    ) -> Symptom {
        Symptom(
            key: "container/\(pod.name)/\(container.name)",
            code: code,
            message: "The container \(container.name) of the pod \(pod.name) does not stay up: "
                + "\(what.reason): \(what.message)",
            evidence: [.init(kind: "Pod", name: pod.name, reason: what.reason, message: what.message)],
            grace: grace,
            retryable: true,
            hint: hint
        )
    }
}
