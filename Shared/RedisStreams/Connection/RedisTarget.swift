import PlatformCrypto
import ServiceRuntime

/// A server found: its addresses, and what TLS with it needs.
struct RedisTarget: Sendable {
    let endpoint: RedisURL.Address
    let addresses: [SocketAddress]
    /// Nil: no TLS.
    let tls: TLSClientContext?

    /// The name or address its certificate must be for.
    var host: String {
        guard case .tcp(let host, _) = endpoint else { return "" }
        return host
    }

    /// Looks the addresses up and reads the files of TLS, on a thread of its own where that may take time: a name server
    /// may need seconds, a system's authorities need milliseconds. Files are read each time, as certificates are renewed.
    static func find(
        _ address: RedisURL.Address,
        tls: TLSClientSettings?,
        _ done: @escaping @Sendable (Result<RedisTarget, RedisError>) -> Void
    ) {
        SocketAddress.resolve(address) { addresses in
            guard let tls else { return done(.success(RedisTarget(endpoint: address, addresses: addresses, tls: nil))) }
            BlockingThread.start(name: "redis-tls") {
                do {
                    let context = try TLSClientContext(tls)
                    done(.success(RedisTarget(endpoint: address, addresses: addresses, tls: context)))
                } catch {
                    done(.failure(RedisError(.denied, "TLS: \((error as? TLSError)?.message ?? "\(error)")")))
                }
            }
        }
    }
}
