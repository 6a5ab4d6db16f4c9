import RedisStreams
import ServiceRuntime

/// What a metrics-collector needs to know at its start.
struct MetricsCollectorConfiguration: Sendable {
    let redis: RedisURL
    let busCell: String
    let httpPort: Int
}

extension MetricsCollectorConfiguration {
    /// Reads the settings of architecture section 6.
    init(_ settings: SettingsReader) throws {
        let redis = settings.parsed(
            "REDIS_URL",
            expected: "redis://[user:password@]host[:port][/database] or unix:///path",
            isSecret: true,
            shown: { $0.description }
        ) { text -> RedisURL? in
            // Why it is malformed says nothing that the expectation does not say.
            try? RedisURL(text)
        }
        let cell = settings.string("BUS_CELL", default: "local")
        let httpPort = settings.int("HTTP_PORT", in: 0...65_535, default: 9090)
        self.init(redis: try settings.require(redis), busCell: cell, httpPort: httpPort)
    }
}
