import ServiceRuntime

/// How one connection behaves.
struct RedisConnectionConfiguration: Sendable {
    /// Where to.
    var url: RedisURL
    /// Its name in `CLIENT LIST`.
    var name: String
    /// How long commands wait for a connection that is away before they fail; later ones fail at once.
    var offlineGrace: Duration = .seconds(2)
    /// A server that answers nothing for this long is taken for dead, unless a command says otherwise.
    var patience: Duration = .seconds(5)
    /// How long making a connection may take.
    var connectTimeout: Duration = .seconds(3)
    var backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(1), multiplier: 2, jitter: 0.5)
    /// How long to wait after a refusal in principle, such as a wrong password: somebody has to correct it.
    var refusalPause: Duration = .seconds(5)
    /// Callers wait once this many commands are unanswered.
    var maximumInFlight = 1024
    /// Callers wait once this many bytes are unwritten.
    var maximumBuffered = 4 << 20
    /// Whether the server's settings are checked before it is used.
    var checksServer = false
    /// Who is asked for the master; where the URL names Sentinels and this is nil, the connection has its own.
    var sentinels: SentinelWatch?
    /// The instance id to take before the connection serves.
    var claim: InstanceClaim?
    /// Sent once on each new connection.
    var scripts: [RedisScript] = []

    /// How long to wait after a refusal. Another process with our instance id may be gone any moment.
    func pause(after refusal: RedisError) -> Duration {
        refusal.code == .instanceTaken ? min(.seconds(1), refusalPause) : refusalPause
    }
}
