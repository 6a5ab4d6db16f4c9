package import Logging

/// Sets up logging for a process: JSON lines on standard output from the level of `LOG_LEVEL` on.
package enum LogBootstrap {
    /// Call once, before the first logger is made.
    package static func bootstrap(service: String, level: Logger.Level) {
        let sink = BufferedLogSink(StandardOutputSink())
        LoggingSystem.bootstrap(
            { _, provider in JSONLogHandler(service: service, level: level, sink: sink, metadataProvider: provider) },
            metadataProvider: nil
        )
    }

    /// Reads `LOG_LEVEL`: trace, debug, info, notice, warning, error, critical; `info` by default.
    package static func level(_ settings: SettingsReader) -> Logger.Level {
        let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        return settings.parsed("LOG_LEVEL", default: .info, expected: "one of \(names)") {
            Logger.Level(rawValue: $0.lowercased())
        } ?? .info
    }
}
