import HTTPServer
import PlatformCrypto
import RedisStreams
import ServiceRuntime

extension GatewayConfiguration {
    /// Reads the settings of architecture section 6, and what README.md lists beside them.
    init(_ settings: SettingsReader) throws {
        let redis = settings.redis()
        let cell = settings.busCell()
        let keys = settings.sealingKeys()
        var http = HTTPListenerConfiguration(port: settings.int("HTTP_PORT", in: 0...65_535, default: 8080))
        http.bodyLimit = settings.int("BODY_LIMIT", in: 1024...1_048_576, default: 65_536)
        http.connectionLimit = settings.int("CONNECTION_LIMIT", in: 16...65_536, default: 4096)
        // Below ProcessHost's grace of 20 seconds, so that the bus can be drained after the listener.
        http.drainLimit = settings.duration("DRAIN_LIMIT", in: .seconds(1) ... .seconds(15), default: .seconds(12))
        let proxies = settings.parsed(
            "TRUSTED_PROXIES",
            default: TrustedProxies.none,
            expected: "addresses and ranges with commas between them, such as 10.0.0.0/8,fd00::/8",
            shown: { $0 == .none ? "<unset>" : "\($0)" },
            TrustedProxies.init(parsing:)
        )
        let crossOrigin = settings.parsed(
            "CORS_ORIGINS",
            default: CrossOrigin.none,
            expected: "origins with commas between them, such as https://console.example.com",
            shown: { $0 == .none ? "<unset>" : "\($0)" },
            CrossOrigin.init(parsing:)
        )
        let rateLimit = settings.int("RATE_LIMIT", in: 0...1_000_000, default: 100)
        let deadline = settings.duration(
            "REQUEST_DEADLINE",
            in: .milliseconds(100) ... .seconds(30),
            default: .seconds(5)
        )
        let lifetime = settings.duration(
            "SESSION_LIFETIME",
            in: .seconds(60) ... .seconds(30 * 86_400),
            default: .seconds(12 * 3600)
        )
        let isCookieSecure = settings.bool("SESSION_COOKIE_SECURE", default: false)
        let delay = settings.duration("SHUTDOWN_DELAY", in: .zero ... .seconds(5), default: .zero)

        http.trustedProxies = try settings.require(proxies)
        self.init(
            redis: try settings.require(redis),
            busCell: cell,
            keys: try settings.require(keys),
            dashboard: settings.optionalString("DASHBOARD_DIR"),
            http: http,
            rateLimit: rateLimit,
            crossOrigin: try settings.require(crossOrigin),
            requestDeadline: deadline,
            sessionLifetime: lifetime,
            isCookieSecure: isCookieSecure,
            shutdownDelay: delay
        )
    }
}
