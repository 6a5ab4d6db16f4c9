import AsyncHTTPClient
import Foundation
package import KubernetesClient
import NIOCore
package import NIOHTTP1
package import ServiceRuntime
import Testing

/// The running platform as its users see it: REST, the ingress, the cluster.
package struct Platform: Sendable {
    /// Where the gateway listens.
    package private(set) var url: String
    /// The bootstrap admin's key.
    package let key: String
    /// Where the ingress controller listens.
    package let ingress: String
    /// The cluster, with all rights.
    package var kubernetes: any KubernetesAPI { Self.cluster }

    /// One for all tests: its connections are open until the process ends.
    private static let cluster = LiveKubernetesAPI(
        configuration: .kubeconfig(path: ProcessInfo.processInfo.environment["KUBECONFIG"] ?? "", context: nil)
    )

    /// Reads what `deploy/up` wrote to `.run/platform.env`.
    package init() throws {
        func setting(_ name: String) throws -> String {
            try #require(ProcessInfo.processInfo.environment[name], "\(name) is not set")
        }
        url = try setting("STORE_PLATFORM_URL")
        key = try setting("STORE_PLATFORM_API_KEY")
        ingress = try setting("INGRESS_URL")
    }

    /// The same platform, by another gateway.
    package func at(_ gateway: String) -> Platform {
        var other = self
        other.url = gateway
        return other
    }

    /// An answer over HTTP, read whole.
    package struct Answer: Sendable {
        /// The status code.
        package let status: Int
        /// The headers.
        package let headers: HTTPHeaders
        /// The body.
        package let text: String

        /// The body as JSON; throws when it is none.
        package var json: JSONValue {
            get throws { try PlatformJSON.decode(JSONValue.self, from: Array(text.utf8)) }
        }
    }

    /// Sends a request to the REST API; `key` "" sends none.
    package func call(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        key: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        let key = key ?? self.key
        if !key.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        return try await send(request)
    }

    /// A page of a shop, through the ingress.
    package func shop(_ store: String, _ path: String) async throws -> Answer {
        var request = HTTPClientRequest(url: ingress + path)
        request.headers.add(name: "Host", value: "store-\(store).127.0.0.1.nip.io")
        return try await send(request)
    }

    /// The page for Prometheus.
    package func metrics() async throws -> String {
        try await send(HTTPClientRequest(url: "http://127.0.0.1:9090/metrics")).text
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 8 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, text: String(buffer: body))
    }
}
