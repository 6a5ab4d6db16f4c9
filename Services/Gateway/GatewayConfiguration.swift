import HTTPServer
import PlatformCrypto
import RedisStreams

/// What the gateway is told from outside.
struct GatewayConfiguration: Sendable {
    let redis: RedisURL
    /// The platform among several on one Redis.
    let busCell: String
    /// Seal session cookies, and open the passwords of stores for those who may see them.
    let keys: SealingKeys
    /// The folder of the dashboard's files; nil serves the API only.
    let dashboard: String?
    let http: HTTPListenerConfiguration
    /// Requests a second of each key, and of each address without one; 0: as many as they like.
    let rateLimit: Int
    /// Whose pages may read the API's answers.
    let crossOrigin: CrossOrigin
    /// How long a service may take to answer before the client is told to come back.
    let requestDeadline: Duration
    /// How long a sign-in holds.
    let sessionLifetime: Duration
    /// Whether the cookie may only travel over HTTPS; for platforms behind TLS.
    let isCookieSecure: Bool
    /// How long `/ready` says no before connections are refused, for load balancers to notice.
    let shutdownDelay: Duration
}
