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
        let redis = settings.redis()
        let cell = settings.busCell()
        let httpPort = settings.int("HTTP_PORT", in: 0...65_535, default: 9090)
        self.init(redis: try settings.require(redis), busCell: cell, httpPort: httpPort)
    }
}
