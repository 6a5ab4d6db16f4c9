import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import ServiceRuntime

/// An HTTP client made for one state of the credentials, shared by every call.
///
/// The file of the credentials is looked at again at most once a second; when it changed a new client takes over and
/// the old one's calls end as `unreachable`. Only clients that were made are kept: a missing file is a thrown error,
/// tried again by the next call.
actor KubernetesConnection {
    struct Client: Sendable {
        let http: HTTPClient
        let endpoint: KubernetesEndpoint
        let token: String?
    }

    private struct Opened {
        let http: HTTPClient
        let endpoint: KubernetesEndpoint
        let stamp: CredentialFile.Stamp?
        var token: String?
        var checked: ContinuousClock.Instant
        var tokenRead: ContinuousClock.Instant
    }

    private static let checkInterval = Duration.seconds(1)
    /// Kubernetes renews a pod's token long before it ends; a minute is what its own clients use.
    private static let tokenInterval = Duration.seconds(60)

    private let configuration: KubernetesConfiguration
    private let files: BlockingExecutor
    private var opened: Opened?
    private var opening: Task<Opened, any Error>?

    init(configuration: KubernetesConfiguration) {
        self.configuration = configuration
        self.files = BlockingExecutor(name: "kubernetes", threads: 1)
    }

    /// The client for the credentials as they are now.
    func client() async throws -> Client {
        if let opened, ContinuousClock.now - opened.checked < Self.checkInterval {
            return Client(http: opened.http, endpoint: opened.endpoint, token: opened.token)
        }
        // Callers that come while the files are read wait for the same reading.
        let task = opening ?? begin()
        let result = try await task.value
        return Client(http: result.http, endpoint: result.endpoint, token: result.token)
    }

    /// Has the token read anew at the next call: the server did not accept it.
    func distrustToken() {
        opened?.checked -= Self.checkInterval
        opened?.tokenRead -= Self.tokenInterval
    }

    /// Ends every call and lets go of the connections.
    func close() async {
        opening?.cancel()
        let last = opened
        opened = nil
        if let last { await Self.end(last.http) }
    }

    private func begin() -> Task<Opened, any Error> {
        let previous = opened
        // Waited for by every caller of `client()`.
        let task = Task {
            defer { opening = nil }
            let next = try await open(previous)
            opened = next
            if let previous, previous.http !== next.http { await Self.end(previous.http) }
            return next
        }
        opening = task
        return task
    }

    private func open(_ previous: Opened?) async throws -> Opened {
        let configuration = configuration
        let now = ContinuousClock.now
        let stamp = try await files.run { CredentialFile.stamp(configuration.watchedFile) }
        if var current = previous, current.stamp == stamp || stamp == nil {
            // A file that is away for a moment is being replaced: what it said still holds.
            current.checked = now
            if let path = current.endpoint.tokenFile, now - current.tokenRead >= Self.tokenInterval {
                current.token = try await files.run { try Self.token(path) }
                current.tokenRead = now
            }
            return current
        }
        let (endpoint, tls, token) = try await files.run {
            let endpoint = try configuration.endpoint()
            return (endpoint, try endpoint.tlsConfiguration(), try endpoint.tokenFile.map(Self.token) ?? endpoint.token)
        }
        return Opened(
            http: HTTPClient(configuration: endpoint.clientConfiguration(tls: tls)),
            endpoint: endpoint,
            stamp: stamp,
            token: token,
            checked: now,
            tokenRead: now
        )
    }

    private static func token(_ path: String) throws -> String {
        String(decoding: try CredentialFile.read(path), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func end(_ client: HTTPClient) async {
        // The only error is that it was ended before, which is what is wanted.
        try? await client.shutdown()
    }
}
