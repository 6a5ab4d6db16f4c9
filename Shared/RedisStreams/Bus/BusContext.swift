import Logging
import MessageBus
import Synchronization

/// What all parts of a bus share.
final class BusContext: Sendable {
    let configuration: RedisBusConfiguration
    let instance: String
    let keys: BusKeys
    let loop: RedisEventLoop
    let logger: Logger
    let statistics = BusStatistics()
    let clock = ServerClock()
    let events = BusEventHub()
    /// Nil where the server is named directly.
    private let sentinels: SentinelWatch?
    /// Nil for an instance id made at random.
    let claim: InstanceClaim?
    let tokens = KnownTokens()
    /// The connection for everything that does not block.
    let command: RedisConnection

    init(
        configuration: RedisBusConfiguration,
        instance: String,
        logger: Logger,
        onEvent: @escaping @Sendable (RedisConnection.Event) -> Void
    ) throws {
        self.configuration = configuration
        self.instance = instance
        self.logger = logger
        let keys = try BusKeys(cell: configuration.cell)
        self.keys = keys
        loop = .shared
        sentinels = SentinelWatch(configuration.url, loop: loop, logger: logger)
        claim = configuration.instance.map { InstanceClaim($0, keys, lifetime: configuration.presence) }
        var settings = Self.connection(configuration, instance, role: "cmd")
        settings.sentinels = sentinels
        settings.checksServer = true
        settings.claim = claim
        settings.scripts = RedisScript.all
        command = RedisConnection(loop: loop, configuration: settings, logger: logger, onEvent: onEvent)
    }

    /// A connection for blocked reads.
    func makeReader(_ role: String, onEvent: @escaping @Sendable (RedisConnection.Event) -> Void) -> RedisConnection {
        let statistics = self.statistics
        var settings = Self.connection(configuration, instance, role: role)
        settings.sentinels = sentinels
        return RedisConnection(loop: loop, configuration: settings, logger: logger) { event in
            if case .offline = event { statistics.add(.reconnects) }
            onEvent(event)
        }
    }

    /// How long a blocked read may stay silent: it must answer, if only with nothing, when its time is over.
    var readPatience: Duration { configuration.blockTime + .milliseconds(1_500) }

    private static func connection(
        _ configuration: RedisBusConfiguration,
        _ instance: String,
        role: String
    ) -> RedisConnectionConfiguration {
        var result = RedisConnectionConfiguration(
            url: configuration.url,
            name: "nrs/\(configuration.service)/\(instance)/\(role)"
        )
        result.offlineGrace = configuration.offlineGrace
        result.patience = configuration.patience
        return result
    }

    /// Ends a blocked read early. `CLIENT UNBLOCK` finds nothing to do while the read is still on its way to the
    /// server, so it is repeated until the read has come back. On the loop's thread.
    func unblock(_ connection: RedisConnection, while isReading: @escaping @Sendable () -> Bool) {
        let client = connection.clientID.load(ordering: .relaxed)
        guard isReading(), client != 0 else { return }
        command.submit(RedisCommand("CLIENT", "UNBLOCK", String(client))) { _ in
            guard isReading() else { return }
            self.loop.schedule(after: .milliseconds(20)) { self.unblock(connection, while: isReading) }
        }
    }
}
