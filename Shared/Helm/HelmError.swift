/// Why Helm did not do what it was asked for.
package struct HelmError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was.
    package enum Code: String, Sendable, Hashable {
        /// Another operation holds the release, or died while it did.
        case releaseLocked
        /// There is no such release.
        case notFound
        /// The release's name is taken.
        case nameInUse
        /// There is a release, but none of its revisions was ever deployed.
        case neverDeployed
        /// The chart, or the values given to it, cannot be rendered or do not fit its schema or this cluster; or the
        /// release's name is none.
        case chartInvalid
        /// Kubernetes refuses an object of the chart: it is not valid.
        case objectInvalid
        /// The namespace's quota refuses an object of the chart.
        case quotaExceeded
        /// Kubernetes refuses: rights, an admission rule.
        case forbidden
        /// An admission webhook does not answer.
        case webhookUnavailable
        /// The namespace is being deleted.
        case namespaceTerminating
        /// An object of the chart belongs to someone else, or was changed by someone else.
        case conflict
        /// It took too long.
        case timeout
        /// Kubernetes cannot be reached.
        case unreachable
        /// The helm program itself cannot be run.
        case notInstalled
        /// Anything else; the message is Helm's own.
        case failed
    }

    /// What kind of failure it was.
    package let code: Code
    /// Helm's own words, shortened.
    package let message: String
    /// The error below, if any.
    package let cause: (any Error)?

    /// Makes an error.
    package init(code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether the same command may succeed later without anything being changed.
    package var isTransient: Bool {
        switch code {
        case .releaseLocked, .webhookUnavailable, .timeout, .unreachable: true
        default: false
        }
    }

    package var description: String { "\(code.rawValue): \(message)" }
}
