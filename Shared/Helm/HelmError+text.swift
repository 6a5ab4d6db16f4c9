extension HelmError {
    /// Reads what Helm wrote to standard error. Helm gives text only, so this is the one place that looks at it; each
    /// phrase has its test.
    package init(standardError text: String) {
        let message = Self.shortened(text)
        let lowered = text.lowercased()
        let code = Self.phrases.first { lowered.contains($0.phrase) }?.code ?? .failed
        self.init(code: code, message: message)
    }

    /// In order: the first that occurs decides. More telling phrases come before those that only surround them.
    static let phrases: [(phrase: String, code: Code)] = [
        ("another operation (install/upgrade/rollback) is in progress", .releaseLocked),
        ("because it is being terminated", .namespaceTerminating),
        ("failed calling webhook", .webhookUnavailable),
        ("kubernetes cluster unreachable", .unreachable),
        ("connection refused", .unreachable),
        ("no such host", .unreachable),
        ("i/o timeout", .unreachable),
        ("tls handshake timeout", .unreachable),
        ("unexpected eof", .unreachable),
        ("http2: client connection lost", .unreachable),
        ("the server is currently unable to handle the request", .unreachable),
        ("etcdserver:", .unreachable),
        ("release: not found", .notFound),
        ("release not loaded", .notFound),
        ("cannot re-use a name that is still in use", .nameInUse),
        ("has no deployed releases", .neverDeployed),
        ("invalid ownership metadata", .conflict),
        ("the object has been modified", .conflict),
        ("conflict occurred while applying", .conflict),
        ("conflicts with", .conflict),
        ("values don't meet the specifications of the schema", .chartInvalid),
        ("chart requires kubeversion", .chartInvalid),
        ("chart.yaml file is missing", .chartInvalid),
        ("chart metadata is missing", .chartInvalid),
        ("error parsing", .chartInvalid),
        ("yaml parse error", .chartInvalid),
        ("parse error at", .chartInvalid),
        ("execution error at", .chartInvalid),
        ("error calling include", .chartInvalid),
        ("nil pointer evaluating", .chartInvalid),
        ("no such file or directory", .chartInvalid),
        ("path \"", .chartInvalid),
        ("release name is invalid", .chartInvalid),
        ("invalid release name", .chartInvalid),
        ("exceeded quota", .quotaExceeded),
        ("denied the request", .forbidden),
        ("is forbidden", .forbidden),
        ("is invalid", .objectInvalid),
        ("no matches for kind", .objectInvalid),
        ("context deadline exceeded", .timeout),
        ("timed out waiting for the condition", .timeout),
    ]

    /// The lines without Helm's warnings and log lines, at most 600 characters.
    private static func shortened(_ text: String) -> String {
        let lines = text.split(separator: "\n").filter { line in
            !line.hasPrefix("WARNING:") && !line.hasPrefix("level=") && !line.hasPrefix("I0")
        }
        let message = (lines.isEmpty ? text.split(separator: "\n") : lines).joined(separator: " ")
        return String(message.prefix(600))
    }
}
