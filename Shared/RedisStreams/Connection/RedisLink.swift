/// One socket's life: from connecting to its end. Touched on the loop's thread only.
///
/// A link that ends takes its parser along: after an error a reply could no longer be told to belong to its command.
final class RedisLink: LoopSource, @unchecked Sendable {
    // Why unchecked: closures carry it from the loop's thread to the loop's thread, and nobody else touches it.

    enum Stage {
        case connecting, securing, loggingIn, open
    }

    let socket: RedisSocket
    let tls: TLSChannel?
    /// What is read from and written to: the socket, or TLS over it.
    let channel: any ByteChannel
    let reader: RESPReader
    var stage = Stage.connecting
    var registration: UInt64 = 0
    var watchdog: UInt64?
    var wantsToWrite = true
    /// When it began to serve.
    var openedAt: UInt64 = 0
    /// Whether Redis has answered anything.
    var hasAnswered = false
    private unowned let connection: RedisConnection

    init(_ connection: RedisConnection, socket: RedisSocket, tls: TLSChannel?, reader: RESPReader) {
        self.connection = connection
        self.socket = socket
        self.tls = tls
        channel = tls ?? socket
        self.reader = reader
    }

    /// Whether commands may be written: not before the socket stands, and TLS where there is TLS.
    var takesCommands: Bool { stage == .loggingIn || stage == .open }

    func handle(events: UInt32) { connection.handle(events: events, of: self) }
}
