import Logging

/// Asks Sentinels where the master is, and notices when that changes. One for all connections of a bus.
///
/// The Sentinels are asked in turn, beginning with the one that answered last. A connection follows the master: it ends
/// its link when the Sentinels name another server, and finds the new one when it connects again. That covers the ends of
/// a failover which the old master does not tell, as when it lives on behind a cut network.
final class SentinelWatch: @unchecked Sendable {
    // Why unchecked: all that changes is touched on the loop's thread only.

    typealias Found = @Sendable (Result<RedisURL.Address, RedisError>) -> Void

    private struct Follower {
        weak var connection: RedisConnection?
    }

    /// How often a change is looked for.
    private static let interval = Duration.seconds(2)
    /// How long one Sentinel may take, its connection included.
    private static let patience = Duration.seconds(1)

    private let loop: RedisEventLoop
    private let url: RedisURL
    private let master: String
    private let logger: Logger
    private var sentinels: [RedisURL.Endpoint]
    private var connection: RedisConnection?
    private var waiting: [Found] = []
    private var followers: [Follower] = []
    private var isWatching = false

    /// Nil for an address that is no Sentinel's.
    init?(_ url: RedisURL, loop: RedisEventLoop, logger: Logger) {
        guard case .sentinels(let sentinels, let master) = url.address else { return nil }
        self.url = url
        self.sentinels = sentinels
        self.master = master
        self.loop = loop
        self.logger = logger
    }

    // MARK: - On the loop's thread

    /// Where the master is, as the first Sentinel that answers knows it.
    func find(_ found: @escaping Found) {
        waiting.append(found)
        if waiting.count == 1 { ask(attempt: 1) }
    }

    /// What this Sentinel said proved wrong: the next question goes to another one.
    func distrust() {
        connection?.close()
        connection = nil
        sentinels.append(sentinels.removeFirst())
    }

    /// Ends this connection's link when the master changes, until the connection is closed.
    func follow(_ connection: RedisConnection) {
        if !followers.contains(where: { $0.connection === connection }) {
            followers.append(Follower(connection: connection))
        }
        guard !isWatching else { return }
        isWatching = true
        watch()
    }

    private func watch() {
        loop.schedule(after: Self.interval) {
            self.followers.removeAll { $0.connection?.isClosed != false }
            guard !self.followers.isEmpty else {
                self.isWatching = false
                self.connection?.close()
                self.connection = nil
                return
            }
            self.find { result in
                if case .success(let address) = result {
                    for follower in self.followers { follower.connection?.expect(address) }
                }
                self.watch()
            }
        }
    }

    private func ask(attempt: Int) {
        let connection = self.connection ?? connect()
        self.connection = connection
        let question = RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master)
        connection.submit(question, patience: Self.patience) { answer in
            let error: RedisError
            switch answer {
            case .success(var cursor):
                let parts = cursor.value().elements
                if parts.count == 2, let host = parts[0].text, let port = parts[1].text.flatMap(UInt16.init) {
                    return self.finish(.success(.tcp(host: host, port: port)))
                }
                error = RedisError(.unsuitable, "no Sentinel knows a master named \(self.master)")
            case .failure(let failure):
                error = RedisError(failure.isRefusal ? failure.code : .unavailable, "Sentinel: \(failure.message)")
            }
            self.distrust()
            attempt < self.sentinels.count ? self.ask(attempt: attempt + 1) : self.finish(.failure(error))
        }
    }

    private func finish(_ result: Result<RedisURL.Address, RedisError>) {
        let all = waiting
        waiting.removeAll()
        for found in all { found(result) }
    }

    private func connect() -> RedisConnection {
        let place = sentinels[0]
        let url = RedisURL(
            .tcp(host: place.host, port: place.port),
            user: self.url.sentinelCredentials.user,
            password: self.url.sentinelCredentials.password,
            tls: self.url.tls
        )
        var configuration = RedisConnectionConfiguration(url: url, name: "nrs/sentinel")
        configuration.offlineGrace = Self.patience
        configuration.patience = Self.patience
        configuration.connectTimeout = Self.patience
        return RedisConnection(loop: loop, configuration: configuration, logger: logger)
    }
}
