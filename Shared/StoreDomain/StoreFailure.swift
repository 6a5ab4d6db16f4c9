/// Why a store could not be provisioned, as data.
package struct StoreFailure: Hashable, Sendable, Codable {
    /// What went wrong.
    package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// A container image cannot be had.
        case imagePullFailed = "IMAGE_PULL_FAILED"
        /// The image's registry asks for patience.
        case imageRateLimited = "IMAGE_RATE_LIMITED"
        /// The namespace's quota or limits refuse a pod or a claim.
        case quotaExceeded = "QUOTA_EXCEEDED"
        /// No node takes a pod.
        case unschedulable = "UNSCHEDULABLE"
        /// A volume is not provided.
        case volumeUnbound = "PVC_UNBOUND"
        /// A container used more memory than its limit.
        case outOfMemory = "OOM_KILLED"
        /// A container ends again and again.
        case crashLoop = "CRASH_LOOP"
        /// A container runs and does not become ready.
        case probeFailed = "PROBE_FAILED"
        /// The setup Job failed.
        case setupJobFailed = "SETUP_JOB_FAILED"
        /// Helm refused the release.
        case helmFailed = "HELM_FAILED"
        /// Another Helm operation holds the release.
        case helmLocked = "HELM_LOCKED"
        /// An admission webhook does not answer.
        case webhookUnavailable = "WEBHOOK_UNAVAILABLE"
        /// The pods run, and the storefront does not answer through the ingress.
        case ingressUnreachable = "INGRESS_UNREACHABLE"
        /// The ingress has no certificate for the store yet.
        case certificateNotReady = "CERT_NOT_READY"
        /// The storefront answers, and a guest cannot order.
        case orderPathBroken = "ORDER_PATH_BROKEN"
        /// The namespace belongs to something else.
        case namespaceConflict = "NAMESPACE_CONFLICT"
        /// An older namespace of that name is still going.
        case namespaceTerminating = "NAMESPACE_TERMINATING"
        /// It took too long, and nothing tells why.
        case timeout = "TIMEOUT"
    }

    /// Something seen in the cluster that shows the failure.
    package struct Evidence: Hashable, Sendable, Codable {
        /// The object's kind, such as `Pod`.
        package let kind: String
        /// Its name.
        package let name: String
        /// The reason as Kubernetes words it, such as `ErrImagePull`.
        package let reason: String
        /// Its message, without secrets.
        package let message: String

        /// Makes a piece of evidence.
        package init(kind: String, name: String, reason: String, message: String) {
            self.kind = kind
            self.name = name
            self.reason = reason
            self.message = message
        }
    }

    /// What went wrong.
    package let code: Code
    /// The step that could not be finished.
    package let step: ProvisioningStep
    /// What happened, with the pod's own reason in it.
    package let message: String
    /// What a person can do.
    package let hint: String
    /// Whether trying again unchanged can help.
    package let retryable: Bool
    /// What was seen.
    package let evidence: [Evidence]

    /// Makes a failure.
    package init(
        code: Code,
        step: ProvisioningStep,
        message: String,
        hint: String,
        retryable: Bool,
        evidence: [Evidence] = []
    ) {
        self.code = code
        self.step = step
        self.message = message
        self.hint = hint
        self.retryable = retryable
        self.evidence = evidence
    }
}
