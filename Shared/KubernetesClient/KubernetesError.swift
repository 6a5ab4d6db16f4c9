package import ServiceRuntime

/// Why a call to Kubernetes failed.
///
/// The code is what callers decide on; `reason` and `message` are the server's own words, for people.
package struct KubernetesError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it was.
    package enum Code: String, Sendable, Hashable {
        /// The object (or its namespace) does not exist.
        case notFound
        /// Someone else changed the object, or a precondition (uid, resourceVersion) does not hold.
        case conflict
        /// An object of this name exists.
        case alreadyExists
        /// The server refuses: rights, an admission rule, a quota.
        case forbidden
        /// The namespace is being deleted, so nothing can be created in it.
        case namespaceTerminating
        /// The object is not acceptable as it is.
        case invalid
        /// The resourceVersion is too old: list again.
        case gone
        /// The server asks for patience; see `retryAfter`.
        case tooManyRequests
        /// The credentials are not accepted (yet).
        case unauthorized
        /// The server failed.
        case server
        /// No connection, or it broke.
        case unreachable
        /// No answer in time.
        case timeout
        /// There is no usable kubeconfig or service account (yet).
        case configuration
        /// The answer is not what the API promises.
        case malformed
    }

    /// What kind of failure it was.
    package let code: Code
    /// The server's machine-readable reason, for example `AlreadyExists`; empty where there was no answer.
    package let reason: String
    /// A sentence for people; never contains credentials.
    package let message: String
    /// How long the server wants to be left alone.
    package let retryAfter: Duration?
    /// The error below, if any.
    package let cause: (any Error)?

    /// Makes an error; the message must not contain secrets.
    package init(
        code: Code,
        reason: String = "",
        message: String,
        retryAfter: Duration? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// Whether the same call may succeed later without anything being changed by the caller.
    package var isTransient: Bool {
        switch code {
        case .unreachable, .timeout, .tooManyRequests, .server, .configuration, .unauthorized, .gone: true
        case .notFound, .conflict, .alreadyExists, .forbidden, .namespaceTerminating, .invalid, .malformed: false
        }
    }

    /// Whether Kubernetes as a whole is out of reach, rather than this one call wrong.
    package var isOutage: Bool {
        switch code {
        case .unreachable, .timeout, .configuration, .unauthorized, .server, .tooManyRequests: true
        default: false
        }
    }

    package var description: String {
        reason.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue) (\(reason)): \(message)"
    }
}

extension KubernetesError {
    /// Reads the server's answer to a failed call: a `Status` object where there is one, else the HTTP status alone.
    ///
    /// The only place where an HTTP status or a Status reason becomes a code.
    package init(httpStatus: Int, status: JSONValue?, retryAfterHeader: String? = nil) {
        let reason = status?["reason"]?.stringValue ?? ""
        let details = status?["details"]
        let causes = details?["causes"]?.arrayValue?.compactMap { $0["reason"]?.stringValue } ?? []
        let seconds = details?["retryAfterSeconds"]?.intValue ?? retryAfterHeader.flatMap { Int($0) }
        self.init(
            code: Self.code(httpStatus: httpStatus, reason: reason, causes: causes),
            reason: reason,
            message: status?["message"]?.stringValue ?? "HTTP \(httpStatus)",
            retryAfter: seconds.map { .seconds($0) }
        )
    }

    private static func code(httpStatus: Int, reason: String, causes: [String]) -> Code {
        if causes.contains("NamespaceTerminating") { return .namespaceTerminating }
        switch (httpStatus, reason) {
        case (_, "AlreadyExists"): return .alreadyExists
        case (_, "Expired"), (_, "Gone"), (410, _): return .gone
        case (_, "Timeout"), (_, "ServerTimeout"), (504, _): return .timeout
        case (401, _): return .unauthorized
        case (403, _): return .forbidden
        case (404, _): return .notFound
        case (409, _): return .conflict
        case (429, _): return .tooManyRequests
        case (400...499, _): return .invalid
        default: return .server
        }
    }
}
