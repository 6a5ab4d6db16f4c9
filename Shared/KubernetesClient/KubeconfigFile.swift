import Foundation
import Yams

/// A kubeconfig file: which cluster, which user, and what both need.
///
/// Credential plug-ins (`exec`, `auth-provider`) are refused with a clear message: the platform runs with
/// certificates or tokens.
struct KubeconfigFile: Sendable {
    private let content: Content
    /// Relative paths in the file start from here.
    private let directory: URL

    /// Reads a file. Blocks.
    init(path: String) throws(KubernetesError) {
        let url = URL(fileURLWithPath: path)
        try self.init(text: CredentialFile.read(path), directory: url.deletingLastPathComponent())
    }

    init(text: Data, directory: URL) throws(KubernetesError) {
        do {
            content = try YAMLDecoder().decode(Content.self, from: text)
        } catch {
            throw KubernetesError(code: .configuration, message: "the kubeconfig is not valid YAML of a kubeconfig")
        }
        self.directory = directory
    }

    /// What the context (nil: the current one) means.
    func endpoint(context wanted: String?) throws(KubernetesError) -> KubernetesEndpoint {
        guard let name = wanted ?? content.currentContext, !name.isEmpty else {
            throw KubernetesError(code: .configuration, message: "the kubeconfig has no current context")
        }
        guard let context = content.contexts?.first(where: { $0.name == name })?.context else {
            throw missing("context", name)
        }
        guard let cluster = content.clusters?.first(where: { $0.name == context.cluster })?.cluster else {
            throw missing("cluster", context.cluster)
        }
        guard let user = content.users?.first(where: { $0.name == context.user })?.user else {
            throw missing("user", context.user)
        }
        guard user.exec == nil, user.authProvider == nil else {
            throw KubernetesError(
                code: .configuration,
                message: "the kubeconfig's user \(context.user) needs a credential plug-in, which is not supported"
            )
        }
        guard let url = URL(string: cluster.server), url.scheme == "https" || url.scheme == "http" else {
            throw KubernetesError(code: .configuration, message: "the kubeconfig's server is not an http(s) URL")
        }
        return KubernetesEndpoint(
            server: cluster.server.hasSuffix("/") ? String(cluster.server.dropLast()) : cluster.server,
            authority: try pem(cluster.authorityData, cluster.authority),
            skipsVerification: cluster.skipsVerification ?? false,
            serverName: cluster.serverName,
            certificate: try pem(user.certificateData, user.certificate),
            key: try pem(user.keyData, user.key),
            token: user.token,
            tokenFile: user.tokenFile.map(absolute)
        )
    }

    private func pem(_ data: String?, _ path: String?) throws(KubernetesError) -> KubernetesEndpoint.PEM? {
        if let data, !data.isEmpty {
            guard let decoded = Data(base64Encoded: data, options: .ignoreUnknownCharacters) else {
                throw KubernetesError(code: .configuration, message: "the kubeconfig has data that is not base64")
            }
            return .init(text: decoded)
        }
        guard let path, !path.isEmpty else { return nil }
        return .init(text: try CredentialFile.read(absolute(path)))
    }

    private func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path, relativeTo: directory).path
    }

    private func missing(_ what: String, _ name: String) -> KubernetesError {
        KubernetesError(code: .configuration, message: "the kubeconfig has no \(what) named \(name)")
    }
}

extension KubeconfigFile {
    private struct Content: Decodable, Sendable {
        let currentContext: String?
        let contexts: [NamedContext]?
        let clusters: [NamedCluster]?
        let users: [NamedUser]?

        enum CodingKeys: String, CodingKey {
            case contexts, clusters, users
            case currentContext = "current-context"
        }
    }

    private struct NamedContext: Decodable, Sendable {
        struct Context: Decodable, Sendable {
            let cluster: String
            let user: String
        }
        let name: String
        let context: Context
    }

    private struct NamedCluster: Decodable, Sendable {
        struct Cluster: Decodable, Sendable {
            let server: String
            let authority: String?
            let authorityData: String?
            let skipsVerification: Bool?
            let serverName: String?

            enum CodingKeys: String, CodingKey {
                case server
                case authority = "certificate-authority"
                case authorityData = "certificate-authority-data"
                case skipsVerification = "insecure-skip-tls-verify"
                case serverName = "tls-server-name"
            }
        }
        let name: String
        let cluster: Cluster
    }

    private struct NamedUser: Decodable, Sendable {
        /// Present or not is all that matters.
        struct Anything: Decodable, Sendable {}

        struct User: Decodable, Sendable {
            let certificate: String?
            let certificateData: String?
            let key: String?
            let keyData: String?
            let token: String?
            let tokenFile: String?
            let exec: Anything?
            let authProvider: Anything?

            enum CodingKeys: String, CodingKey {
                case token, tokenFile, exec
                case certificate = "client-certificate"
                case certificateData = "client-certificate-data"
                case key = "client-key"
                case keyData = "client-key-data"
                case authProvider = "auth-provider"
            }
        }
        let name: String
        let user: User
    }
}
