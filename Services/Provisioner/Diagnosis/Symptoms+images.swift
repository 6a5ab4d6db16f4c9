import StoreDomain

extension Symptoms {
    /// The waiting reasons that are about the image.
    static let imageReasons: Set<String> = [
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError",
        "RegistryUnavailable", "SignatureValidationFailed",
    ]

    /// A container that waits for its image.
    static func image(
        _ pod: PodState,
        _ container: ContainerState,
        _ waiting: (reason: String, message: String),
        _ observation: StoreObservation
    ) -> Symptom {
        // While the kubelet backs off the status no longer says why; the event of the last attempt does.
        let attempt = observation.warning("Pod", pod.name, reasons: ["Failed"]) {
            !container.image.isEmpty && $0.message.contains("\"\(container.image)\"")
        }
        let why = waiting.reason == "ImagePullBackOff" ? attempt?.message ?? waiting.message : waiting.message
        let trouble = ImagePullTrouble(reason: waiting.reason, message: why)
        let image = container.image.isEmpty ? "its image" : "the image \(container.image)"
        return Symptom(
            // The kubelet alternates between ErrImagePull and ImagePullBackOff: one symptom.
            key: "image/\(pod.name)/\(container.name)",
            code: trouble == .rateLimited ? .imageRateLimited : .imagePullFailed,
            message: "The pod \(pod.name) cannot get \(image): \(waiting.reason): \(why)",
            evidence: [.init(kind: "Pod", name: pod.name, reason: waiting.reason, message: why)],
            grace: trouble.grace,
            retryable: true,
            hint: trouble.hint
        )
    }
}

/// What kind of trouble an image is in, by the container runtime's words: Kubernetes has no code for it.
enum ImagePullTrouble: Sendable, Equatable {
    /// The name is not one.
    case invalidName
    /// The registry does not have it.
    case missing
    /// The registry has it for others only, or hides what it doesn't have.
    case denied
    /// The registry asks for patience: hours of it, as a rule.
    case rateLimited
    /// The registry cannot be reached, or is in trouble itself.
    case passing

    init(reason: String, message: String) {
        let text = message.lowercased()
        func says(_ phrases: [String]) -> Bool { phrases.contains(where: text.contains) }
        if reason == "InvalidImageName" {
            self = .invalidName
        } else if says(Self.ratePhrases) {
            self = .rateLimited
        } else if says(Self.passingPhrases) {
            self = .passing
        } else if says(Self.deniedPhrases) {
            self = .denied
        } else {
            self = .missing
        }
    }

    /// How long it may last: what cannot heal by itself is told soon.
    var grace: Duration {
        switch self {
        case .invalidName: .seconds(5)
        case .missing, .denied, .rateLimited: .seconds(10)
        case .passing: .seconds(120)
        }
    }

    var hint: String? {
        switch self {
        case .invalidName, .missing, .rateLimited: nil
        case .denied: "The registry does not give the image away: check its name and the chart's imagePullSecrets."
        case .passing:
            "The registry cannot be reached from the node: check its address, DNS and the network; then retry."
        }
    }

    private static let ratePhrases = ["toomanyrequests", "too many requests", "rate limit", "pull qps exceeded"]
    private static let passingPhrases = [
        "i/o timeout", "connection refused", "no such host", "tls handshake timeout", "connection reset",
        "server misbehaving", "network is unreachable", "no route to host", "x509:", "http response to https client",
        "503 service unavailable", "500 internal server error", "502 bad gateway", "504 gateway",
        "temporary failure in name resolution", "unexpected eof", "context deadline exceeded",
        "client.timeout exceeded", "registryunavailable", "no space left on device",
    ]
    private static let deniedPhrases = [
        "pull access denied", "401 unauthorized", "403 forbidden", "authorization failed", "no basic auth credentials",
        "insufficient_scope", "requested access to the resource is denied",
    ]
}
