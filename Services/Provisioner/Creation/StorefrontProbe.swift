import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import StoreContracts
import StoreDomain

/// Asks a store's shop page through the ingress, as a shopper's browser would.
protocol StorefrontProbing: Sendable {
    func ask(_ command: ProvisionCommand) async -> StorefrontAnswer
}

/// By HTTP to the ingress controller's address, with the store's host: proves the ingress without depending on DNS.
struct StorefrontProbe: StorefrontProbing {
    let client: HTTPClient
    /// Where the ingress controller listens, without a slash at the end.
    let ingressURL: String
    private static let timeout = TimeAmount.seconds(10)
    private static let longestPage = 4 << 20

    /// The client for probes: the ingress is known by its address, so its certificate is not checked here.
    static func makeClient() -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(2))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(configuration: configuration)
    }

    func ask(_ command: ProvisionCommand) async -> StorefrontAnswer {
        var request = HTTPClientRequest(url: "\(ingressURL)/shop/")
        request.headers.add(name: "Host", value: Self.hostHeader(command.url) ?? command.host)
        request.headers.add(name: "User-Agent", value: "store-platform-provisioner")
        request.headers.add(name: "Accept", value: "text/html")
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            let body = try await response.body.collect(upTo: Self.longestPage)
            return StorefrontAnswer(
                status: Int(response.status.code),
                body: String(decoding: body.readableBytesView, as: UTF8.self),
                engine: command.engine
            )
        } catch {
            return .silent((error as? HTTPClientError)?.shortDescription ?? "no connection")
        }
    }

    /// A store's URL may name a port, and WordPress sends those who leave it out to the address with it.
    static func hostHeader(_ url: String) -> String? {
        guard let parts = URLComponents(string: url), let host = parts.host else { return nil }
        return parts.port.map { "\(host):\($0)" } ?? host
    }
}
