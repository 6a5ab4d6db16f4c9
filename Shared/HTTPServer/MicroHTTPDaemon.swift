import CMicroHTTPD
import Glibc
import ServiceRuntime

/// The library's daemon (`struct MHD_Daemon *`): its threads call back into the core until `stop` has returned.
///
/// `@unchecked Sendable`: the pointer never changes, and the library's calls on it are thread-safe.
final class MicroHTTPDaemon: @unchecked Sendable {
    private let pointer: OpaquePointer
    private let socket: ListeningSocket
    /// Kept alive here for the callbacks, which hold it unretained.
    private let core: ListenerCore

    init(socket: ListeningSocket, core: ListenerCore) throws {
        let configuration = core.configuration
        let flags =
            MHD_USE_EPOLL.rawValue | MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
            | MHD_USE_TURBO.rawValue
        let context = Unmanaged.passUnretained(core).toOpaque()
        var options = [
            Self.option(.LISTEN_SOCKET, Int(socket.descriptor)),
            Self.option(.CONNECTION_LIMIT, configuration.connectionLimit),
            Self.option(.CONNECTION_MEMORY_LIMIT, configuration.connectionMemory),
            Self.option(.CONNECTION_TIMEOUT, max(1, Int(configuration.idleTimeout.components.seconds))),
            Self.option(.NOTIFY_CONNECTION, Self.address(of: connectionNotified), context),
            Self.option(.URI_LOG_CALLBACK, Self.address(of: requestBegun), context),
            Self.option(.NOTIFY_COMPLETED, Self.address(of: requestCompleted), context),
            Self.option(.UNESCAPE_CALLBACK, Self.address(of: leaveEscaped), context),
        ]
        if configuration.threads > 1 { options.append(Self.option(.THREAD_POOL_SIZE, configuration.threads)) }
        options.append(Self.option(.END, 0))
        guard let daemon = CMicroHTTPD_start(flags, 0, accessRequested, context, &options) else {
            throw HTTPListenerError(code: .daemon, message: "libmicrohttpd did not start")
        }
        self.pointer = daemon
        self.socket = socket
        self.core = core
    }

    /// Takes no new connections; those that are open go on.
    func quiesce() {
        _ = MHD_quiesce_daemon(pointer)
        socket.stopListening()
    }

    /// Ends the threads and closes every connection. Nothing may be suspended. Exactly once.
    func stop() async {
        // Joins the library's threads, so not on the cooperative pool.
        await withCheckedContinuation { continuation in
            BlockingThread.start(name: "http-stop") { [self] in
                MHD_stop_daemon(pointer)
                socket.close()
                continuation.resume()
            }
        }
    }

    private static func option(
        _ option: MHD_OPTION,
        _ value: Int,
        _ pointer: UnsafeMutableRawPointer? = nil
    ) -> MHD_OptionItem {
        MHD_OptionItem(option: option, value: value, ptr_value: pointer)
    }

    /// The library takes callbacks of an option array as integers.
    private static func address<Callback>(of callback: Callback) -> Int {
        Int(bitPattern: unsafeBitCast(callback, to: UnsafeRawPointer.self))
    }
}
