/// What a bus on Redis needs to know.
package struct RedisBusConfiguration: Sendable {
    /// Where Redis is.
    package var url: RedisURL
    /// Which deployment's messages: buses of different cells never meet.
    package var cell: String
    /// The service's name, for `CLIENT LIST` and whoever looks at presence.
    package var service: String
    /// This process' id, 1 to 32 of A-Z a-z 0-9 - _; nil, which suits services: a new one each time, made at random.
    /// While another process lives with the same id the bus refuses to work.
    package var instance: String?
    /// How long calls wait for a Redis that is away before they fail; after that they fail at once.
    package var offlineGrace: Duration = .seconds(2)
    /// How long a blocked read stays with the server.
    package var blockTime: Duration = .seconds(5)
    /// A command not answered for this long means a dead connection.
    package var patience: Duration = .seconds(5)
    /// How often the process says that it lives.
    package var heartbeat: Duration = .seconds(1)
    /// A process that said nothing for this long counts as dead: what it held is delivered to others.
    package var presence: Duration = .seconds(5)
    /// How often consumers look for what must be delivered again.
    package var reclaimInterval: Duration = .milliseconds(250)
    /// How often a member looks for consumers that killed processes left in its group.
    package var sweepInterval: Duration = .seconds(30)
    /// How many messages a core log keeps for subscribers that lag or reconnect; more requests at once than this may be
    /// trimmed before they are read.
    package var coreLogLength = 16_384
    /// How many messages wait for a subscriber that does not take them before more are dropped.
    package var subscriberBuffer = 8192

    /// The defaults suit services on one network.
    package init(url: RedisURL, cell: String, service: String) {
        self.url = url
        self.cell = cell
        self.service = service
    }
}
