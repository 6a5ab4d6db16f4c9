/// What a listener allows.
package struct HTTPListenerConfiguration: Sendable {
    /// The address to bind; `::` takes IPv4 as well, and falls back to `0.0.0.0` where there is no IPv6.
    package var host = "::"
    /// The port; 0 takes a free one.
    package var port: Int
    /// Threads that poll sockets. They parse and send; handlers run on the cooperative pool.
    package var threads = 2
    /// The largest body in bytes; more is 413.
    package var bodyLimit = 64 * 1024
    /// The largest request header in bytes; more is 431. At most half of `connectionMemory`.
    package var headerLimit = 16 * 1024
    /// The most header fields; more are 431.
    package var fieldLimit = 100
    /// The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    package var trustedProxies = TrustedProxies.none
    /// Memory for a connection's header and its buffers, in bytes.
    package var connectionMemory = 48 * 1024
    /// Open connections. Where they become scarce, those that ask nothing are ended, the oldest first; more than this
    /// wait to be accepted.
    package var connectionLimit = 4096
    /// How long a connection may be silent between requests, or stall within one.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a request may take to arrive, however steadily it drips.
    package var requestTimeout: Duration = .seconds(30)
    /// How long a client may take to read an answer that isn't a stream.
    package var sendTimeout: Duration = .seconds(120)
    /// How long requests may take to end on shutdown.
    package var drainLimit: Duration = .seconds(20)

    /// The defaults, on a port.
    package init(port: Int) { self.port = port }
}
