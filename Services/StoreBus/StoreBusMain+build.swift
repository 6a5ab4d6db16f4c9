import Logging
import MessageBus
import RedisStreams

extension StoreBusMain {
    /// The bus on a real Redis. What it would log is told by the commands' own errors.
    static func build(_ url: RedisURL, cell: String) throws -> any OperatorBus {
        try RedisMessageBus(
            configuration: RedisBusConfiguration(url: url, cell: cell, service: "store-bus"),
            logger: Logger(label: "store-bus") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}
