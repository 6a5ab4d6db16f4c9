/// Where the credentials for Kubernetes come from.
package enum KubernetesConfiguration: Sendable, Equatable {
    /// A kubeconfig file; the named context or its current one. The file need not exist yet, and may change.
    case kubeconfig(path: String, context: String?)
    /// The service account of the pod this runs in, as mounted at `directory`.
    case serviceAccount(directory: String, host: String, port: String)

    /// The usual place of a pod's service account.
    package static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// What the settings say: a kubeconfig where one is named, else the pod's own service account; nil where there is
    /// neither. Of a list of paths (as in `KUBECONFIG=a:b`) only the first counts.
    package init?(kubeconfig: String?, context: String? = nil, environment: [String: String]) {
        if let path = kubeconfig?.split(separator: ":").first {
            self = .kubeconfig(path: String(path), context: context)
        } else if let host = environment["KUBERNETES_SERVICE_HOST"],
            let port = environment["KUBERNETES_SERVICE_PORT"]
        {
            self = .serviceAccount(directory: Self.serviceAccountDirectory, host: host, port: port)
        } else {
            return nil
        }
    }

    /// The file whose change means new credentials.
    var watchedFile: String {
        switch self {
        case .kubeconfig(let path, _): path
        case .serviceAccount(let directory, _, _): "\(directory)/ca.crt"
        }
    }

    /// Reads the credentials as they are now. Blocks: files are read.
    func endpoint() throws(KubernetesError) -> KubernetesEndpoint {
        switch self {
        case .kubeconfig(let path, let context):
            let file = try KubeconfigFile(path: path)
            return try file.endpoint(context: context)
        case .serviceAccount(let directory, let host, let port):
            let address = host.contains(":") ? "[\(host)]" : host
            return KubernetesEndpoint(
                server: "https://\(address):\(port)",
                authority: .init(text: try CredentialFile.read("\(directory)/ca.crt")),
                tokenFile: "\(directory)/token"
            )
        }
    }
}
