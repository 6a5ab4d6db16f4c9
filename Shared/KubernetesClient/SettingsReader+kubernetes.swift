package import ServiceRuntime

extension SettingsReader {
    /// `KUBECONFIG`, or what a pod is given. Nil where there is neither, which the reader remembers.
    package func kubernetes() -> KubernetesConfiguration? {
        let environment = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"]
            .reduce(into: [:]) { $0[$1] = optionalString($1) }
        let found = KubernetesConfiguration(kubeconfig: optionalString("KUBECONFIG"), environment: environment)
        if found == nil { problem("KUBECONFIG", expected: "the path of a kubeconfig, outside of a pod") }
        return found
    }

    /// `KUBERNETES_QPS` and `KUBERNETES_BURST`: how many requests this process may send to Kubernetes.
    package func kubernetesLimit() -> RequestLimit {
        RequestLimit(
            perSecond: int("KUBERNETES_QPS", in: 1...10_000, default: RequestLimit.usual.perSecond),
            burst: int("KUBERNETES_BURST", in: 1...10_000, default: RequestLimit.usual.burst)
        )
    }
}
