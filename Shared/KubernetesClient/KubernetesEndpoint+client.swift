import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL

extension KubernetesEndpoint {
    /// What TLS needs of the credentials; throws `configuration` for what is no certificate or key.
    func tlsConfiguration() throws(KubernetesError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        do {
            if skipsVerification {
                tls.certificateVerification = .none
            } else if let authority {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes([UInt8](authority.text)))
            }
            if let certificate, let key {
                tls.certificateChain = try NIOSSLCertificate.fromPEMBytes([UInt8](certificate.text))
                    .map { .certificate($0) }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: [UInt8](key.text), format: .pem))
            }
        } catch {
            throw KubernetesError(code: .configuration, message: "a certificate or key is not valid PEM", cause: error)
        }
        return tls
    }

    /// HTTP/1.1 with a pool of connections: unlike one shared HTTP/2 connection, a connection that died unnoticed
    /// takes only the calls on it along.
    func clientConfiguration(tls: TLSConfiguration) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(5))
        configuration.connectionPool.idleTimeout = .seconds(50)
        // Every watch holds a connection of its own for minutes.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        // A refused connection is the caller's to know of at once: it backs off.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let serverName, let host = URL(string: server)?.host {
            configuration.dnsOverride = [serverName: host]
        }
        return configuration
    }

    /// The server's URL, under the name that its certificate is checked for.
    var url: String {
        guard let serverName, var parts = URLComponents(string: server) else { return server }
        parts.host = serverName
        return parts.string ?? server
    }
}
