import Foundation

/// Where the API server is and how to be let in, read from a kubeconfig or a pod's service account.
struct KubernetesEndpoint: Sendable, Equatable {
    /// Certificates and keys, as PEM.
    struct PEM: Sendable, Equatable {
        let text: Data
    }

    /// For example `https://127.0.0.1:6443`, without a slash at the end.
    var server: String
    /// What the server's certificate must be signed by; nil: the system's authorities.
    var authority: PEM?
    /// Accept any certificate: only where the kubeconfig says so.
    var skipsVerification = false
    /// The name that the server's certificate is checked for, where it is not the server's address.
    var serverName: String?
    /// The client's certificate and key.
    var certificate: PEM?
    var key: PEM?
    /// A bearer token.
    var token: String?
    /// A file with a bearer token that is renewed by someone else.
    var tokenFile: String?
}

extension KubernetesEndpoint: CustomStringConvertible {
    /// Safe to log.
    var description: String { "Kubernetes API at \(server)" }
}
