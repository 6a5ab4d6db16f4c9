/// One socket's life: from connecting to its end. Touched on the loop's thread only.
///
/// A link that ends takes its parser along: after an error a reply could no longer be told to belong to its command.
final class RedisLink: LoopSource, @unchecked Sendable {
    // Why unchecked: closures carry it from the loop's thread to the loop's thread, and nobody else touches it.

    enum Stage {
        case connecting, loggingIn, open
    }

    let socket: RedisSocket
    let reader: RESPReader
    var stage = Stage.connecting
    var registration: UInt64 = 0
    var watchdog: UInt64?
    var wantsToWrite = true
    private unowned let connection: RedisConnection

    init(_ connection: RedisConnection, socket: RedisSocket, reader: RESPReader) {
        self.connection = connection
        self.socket = socket
        self.reader = reader
    }

    func handle(events: UInt32) { connection.handle(events: events, of: self) }
}
