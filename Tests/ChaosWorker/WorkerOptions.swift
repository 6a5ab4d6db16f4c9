import ArgumentParser
import Glibc
import Logging
import RedisStreams

/// What every command of the worker is told: where Redis is, and the bus' times in milliseconds.
struct WorkerOptions: ParsableArguments {
    @Option var url: String
    @Option var cell: String
    @Option var heartbeat = 300
    @Option var presence = 1_500
    @Option var block = 1_000
    /// How many messages a core log keeps; who lags behind by more loses some, as NATS' slow consumers do.
    @Option var coreLog = 4_096

    var configuration: RedisBusConfiguration {
        get throws {
            var configuration = RedisBusConfiguration(url: try RedisURL(url), cell: cell, service: "worker")
            configuration.heartbeat = .milliseconds(heartbeat)
            configuration.presence = .milliseconds(presence)
            configuration.blockTime = .milliseconds(block)
            configuration.coreLogLength = coreLog
            return configuration
        }
    }

    /// Standard output is for `WorkerLine`.
    static var logger: Logger {
        var logger = Logger(label: "chaos-worker") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }

    func makeBus() throws -> RedisMessageBus {
        signal(SIGPIPE, SIG_IGN)
        return try RedisMessageBus(configuration: try configuration, logger: Self.logger)
    }
}
