package import Logging

/// Writes each log event as one line of JSON: `timestamp level service message`, then the metadata under dotted keys.
///
/// A line is composed in full and handed to the sink in one piece, so lines of different threads never mix.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let service: String
    private let sink: any LogSink

    /// - Parameters:
    ///   - service: the name under `service`; the same for every logger of a process.
    ///   - sink: takes the finished lines.
    package init(
        service: String,
        level: Logger.Level,
        sink: any LogSink,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.service = service
        self.logLevel = level
        self.sink = sink
        self.metadataProvider = metadataProvider
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = JSONLogLine(
            milliseconds: WallClock.milliseconds(),
            level: event.level.rawValue,
            service: service,
            message: event.message.description
        )
        var merged = event.metadata ?? [:]
        if let provided = metadataProvider?.get() { merged.merge(provided) { explicit, _ in explicit } }
        if !metadata.isEmpty { merged.merge(metadata) { explicit, _ in explicit } }
        for (key, value) in merged.sorted(by: { $0.key < $1.key }) { line.append(key: key, value: value) }
        if let error = event.error { line.append(key: "error", value: .string("\(error)")) }
        sink.write(line.finished(), isUrgent: event.level > .info)
    }
}
