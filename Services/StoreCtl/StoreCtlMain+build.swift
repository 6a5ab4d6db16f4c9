import AsyncHTTPClient
import NIOSSL

extension StoreCtlMain {
    /// Makes the HTTP client of a run. `authority`: a file of certificates to trust in place of the system's.
    static func client(authority: String?) -> HTTPClient {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.redirectConfiguration = .disallow
        // Whoever waits at a terminal is told at once that nobody is there.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let authority {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authority)
            configuration.tlsConfiguration = tls
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
