import StoreDomain

extension Symptoms {
    /// What pods themselves say.
    static func pods(_ observation: StoreObservation) -> [Symptom] {
        observation.pods.filter { !$0.isTerminating && $0.phase != "Succeeded" }.flatMap { pod in
            scheduling(pod) + pod.containers.compactMap { container(pod, $0, observation) } + probes(pod, observation)
        }
    }

    private static func scheduling(_ pod: PodState) -> [Symptom] {
        guard let reason = pod.unschedulable else { return [] }
        let waitsForVolume = reason.contains("PersistentVolumeClaim") || reason.contains("persistentvolumeclaim")
        return [
            Symptom(
                key: "unschedulable/\(pod.name)",
                code: waitsForVolume ? .volumeUnbound : .unschedulable,
                message: "No node takes the pod \(pod.name): \(reason)",
                evidence: [.init(kind: "Pod", name: pod.name, reason: "Unschedulable", message: reason)],
                // Volumes and nodes may still come.
                grace: nil,
                retryable: true
            )
        ]
    }

    private static func container(
        _ pod: PodState,
        _ container: ContainerState,
        _ observation: StoreObservation
    ) -> Symptom? {
        guard let waiting = container.waiting else { return nil }
        switch waiting.reason {
        case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable":
            return image(pod, container, waiting, observation)
        case "CrashLoopBackOff", "RunContainerError":
            return crash(pod, container, waiting)
        case "CreateContainerConfigError", "CreateContainerError":
            return symptom(
                pod,
                container,
                .crashLoop,
                reason: waiting.reason,
                message: waiting.message,
                grace: .seconds(60)
            )
        default: return nil
        }
    }

    private static func image(
        _ pod: PodState,
        _ container: ContainerState,
        _ waiting: (reason: String, message: String),
        _ observation: StoreObservation
    ) -> Symptom {
        // While the kubelet backs off the status no longer says why; the event of the last attempt does.
        let attempt = observation.warnings.last {
            $0.kind == "Pod" && $0.name == pod.name && $0.reason == "Failed" && !container.image.isEmpty
                && $0.message.contains("\"\(container.image)\"")
        }
        let why = waiting.reason == "ImagePullBackOff" ? attempt?.message ?? waiting.message : waiting.message
        let trouble = ImagePullTrouble(reason: waiting.reason, message: why)
        let image = container.image.isEmpty ? "its image" : "the image \(container.image)"
        return Symptom(
            // The kubelet alternates between ErrImagePull and ImagePullBackOff: one symptom.
            key: "image/\(pod.name)/\(container.name)",
            code: .imagePullFailed,
            message: "The pod \(pod.name) cannot get \(image): \(waiting.reason): \(why)",
            evidence: [.init(kind: "Pod", name: pod.name, reason: waiting.reason, message: why)],
            grace: trouble.grace,
            retryable: true
        )
    }

    private static func crash(
        _ pod: PodState,
        _ container: ContainerState,
        _ waiting: (reason: String, message: String)
    ) -> Symptom {
        let end = container.terminated
        let isOutOfMemory = end?.reason == "OOMKilled"
        let last = end.flatMap { lastLine($0.message) }
        let how = end.map { "\($0.reason), exit code \($0.exitCode)" } ?? waiting.message
        return symptom(
            pod,
            container,
            isOutOfMemory ? .outOfMemory : .crashLoop,
            reason: isOutOfMemory ? "OOMKilled" : waiting.reason,
            message: last.map { "\(how): \($0)" } ?? how,
            // A database may fall once or twice before its volume is in order.
            grace: container.restarts >= (isOutOfMemory ? 3 : 5) ? .zero : nil
        )
    }

    private static func symptom(
        _ pod: PodState,
        _ container: ContainerState,
        _ code: StoreFailure.Code,
        reason: String,
        message: String,
        grace: Duration?
    ) -> Symptom {
        Symptom(
            key: "container/\(pod.name)/\(container.name)",
            code: code,
            message: "The container \(container.name) of the pod \(pod.name) does not stay up: \(reason): \(message)",
            evidence: [.init(kind: "Pod", name: pod.name, reason: reason, message: message)],
            grace: grace,
            retryable: true
        )
    }

    /// A probe's failures are usual while a container starts: they only explain a timeout.
    private static func probes(_ pod: PodState, _ observation: StoreObservation) -> [Symptom] {
        guard !pod.isReady, pod.phase == "Running",
            let warning = observation.warnings.last(where: {
                $0.kind == "Pod" && $0.name == pod.name && $0.reason == "Unhealthy"
            })
        else { return [] }
        return [
            Symptom(
                key: "probe/\(pod.name)",
                code: .probeFailed,
                message: "The pod \(pod.name) runs and does not become ready: \(warning.message)",
                evidence: [.init(kind: "Pod", name: pod.name, reason: warning.reason, message: warning.message)],
                grace: nil,
                retryable: true
            )
        ]
    }
}

/// What kind of trouble an image is in, by the container runtime's words: Kubernetes has no code for it.
enum ImagePullTrouble: Sendable, Equatable {
    /// The name is not one.
    case invalidName
    /// The registry does not have it, or does not give it to us.
    case missing
    /// The registry cannot be reached, or asks for patience.
    case passing

    init(reason: String, message: String) {
        let text = message.lowercased()
        if reason == "InvalidImageName" {
            self = .invalidName
        } else if Self.passingPhrases.contains(where: text.contains) {
            self = .passing
        } else {
            self = .missing
        }
    }

    /// How long it may last.
    var grace: Duration? {
        switch self {
        case .invalidName: .seconds(5)
        case .missing: .seconds(20)
        case .passing: .seconds(180)
        }
    }

    private static let passingPhrases = [
        "toomanyrequests", "too many requests", "rate limit", "i/o timeout", "connection refused", "no such host",
        "tls handshake timeout", "connection reset", "503 service unavailable", "500 internal server error",
        "temporary failure in name resolution", "unexpected eof", "context deadline exceeded",
    ]
}
