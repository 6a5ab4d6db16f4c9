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
}
