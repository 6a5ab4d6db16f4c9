package import Logging
import ServiceLifecycle

/// An HTTP/1.1 server on libmicrohttpd.
///
/// Its few threads poll sockets, parse and send. Once a request is complete its connection is suspended and the handler
/// runs as a task; the answer resumes the connection. So neither threads nor cooperative threads wait for anything, and
/// any number of requests can be under way. The port is taken when the listener is made, so that a port in use ends a
/// service's start; requests are answered from `run` on.
///
/// On graceful shutdown no connection is accepted any more, streams end, requests under way are finished within
/// `drainLimit` and the rest is broken off. Cancelling `run` breaks everything off at once.
package final class HTTPListener: Service {
    /// Answers a request. Cancelled when the client of a stream goes away and when the drain's limit has passed.
    package typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

    /// The port, chosen by the system where the configuration says 0.
    package let port: Int

    /// What a process has open besides its clients' sockets.
    private static let otherDescriptors = 256

    private let socket: ListeningSocket
    private let core: ListenerCore
    private let monitor: ConnectionMonitor
    private let logger: Logger

    /// Takes the port. Throws `HTTPListenerError`.
    package init(configuration: HTTPListenerConfiguration, logger: Logger, handler: @escaping Handler) throws {
        self.socket = try ListeningSocket(host: configuration.host, port: configuration.port)
        self.port = socket.port
        self.monitor = try ConnectionMonitor()
        self.core = ListenerCore(configuration: configuration, monitor: monitor, handler: handler)
        self.logger = logger
    }

    /// How many connections are open now.
    package var openConnections: Int { core.connectionCount }

    /// Serves until graceful shutdown or cancellation. Once only.
    package func run() async throws {
        let daemon = try MicroHTTPDaemon(socket: socket, core: core)
        monitor.start(name: "http-monitor") { [core] now in core.expireConnections(at: now) }
        logger.notice("Listening", metadata: ["http.port": "\(port)"])
        let wanted = core.configuration.connectionLimit + Self.otherDescriptors
        let allowed = DescriptorLimit.raise(to: wanted)
        if allowed < wanted {
            let metadata: Logger.Metadata = ["wanted": "\(wanted)", "allowed": "\(allowed)"]
            logger.warning("The system allows too few open files for all connections", metadata: metadata)
        }
        do {
            try await gracefulShutdown()
            daemon.quiesce()
            let isDrained = await drain()
            logger.log(level: isDrained ? .notice : .warning, "Stopped listening", metadata: ["http.port": "\(port)"])
        } catch {
            daemon.quiesce()
            logger.notice("Stopped listening at once", metadata: ["http.port": "\(port)"])
        }
        core.abort()
        await daemon.stop()
        monitor.stop()
    }

    /// True when everything under way ended within the limit.
    private func drain() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { [core] in
                await core.drain()
                return !Task.isCancelled
            }
            group.addTask { [core] in
                do { try await Task.sleep(for: core.configuration.drainLimit) } catch { return false }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? true
        }
    }
}
