import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import Metrics
package import ServiceLifecycle
import UnixSignals

/// Carries a service through its process: settings, logging, metrics, services in order, signals, exit code.
///
/// Exit codes: 0 after a stop that was asked for, 78 (`EX_CONFIG`) for bad settings, 1 for everything else.
package enum ProcessHost {
    /// Runs until SIGTERM or SIGINT, then shuts down gracefully for at most `grace`, then cancels.
    ///
    /// - Parameters:
    ///   - service: the executable's name.
    ///   - dependencies: what `/ready` waits for.
    ///   - configure: reads the settings; all problems are reported together.
    ///   - build: makes the services in the order in which they start; they stop in reverse.
    /// - Throws: `ExitCode`, which ArgumentParser turns into the process's.
    package static func run<Configuration: Sendable>(
        _ service: String,
        options: ServiceOptions = ServiceOptions(),
        dependencies: [String],
        grace: Duration = .seconds(20),
        configure: (SettingsReader) throws -> Configuration,
        build: (Configuration, ProcessContext) async throws -> [any Service]
    ) async throws {
        signal(SIGPIPE, SIG_IGN)
        let settings = try await orExit(service) {
            try await Settings.load().read { reader in
                (
                    level: LogBootstrap.level(reader), instance: reader.string("INSTANCE_ID", default: instanceName()),
                    failpoint: reader.optionalString("FAILPOINT"), configuration: try configure(reader)
                )
            }
        }
        if options.checkSettings {
            print(settings.effective.map(\.description).joined(separator: "\n"))
            return
        }
        LogBootstrap.bootstrap(service: service, level: settings.value.level)
        let metrics = MetricsRegistry()
        let startedAt = Date()
        metrics.addSource { ProcessMetrics.families(startedAt: startedAt) }
        MetricsSystem.bootstrap(metrics)
        let logger = Logger(label: service)
        let context = ProcessContext(
            service: service,
            instance: settings.value.instance,
            logger: logger,
            readiness: ReadinessBoard(dependencies: dependencies),
            metrics: metrics,
            failpoints: Failpoints(armed: settings.value.failpoint)
        )
        let effective = Logger.MetadataValue.array(settings.effective.map { .string($0.description) })
        logger.notice(
            "starting",
            metadata: [
                "instance": "\(context.instance)", "version": "\(PlatformVersion.current)", "settings": effective,
            ]
        )
        let services = try await orExit(service) { try await build(settings.value.configuration, context) }
        try await orExit(service) { try await serve(services, grace: grace, logger: logger) }
        logger.notice("stopped")
    }

    private static func serve(_ services: [any Service], grace: Duration, logger: Logger) async throws {
        var groupLogger = logger
        groupLogger.logLevel = max(logger.logLevel, .notice)
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, serviceName: "\(type(of: $0))") },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: groupLogger
        )
        configuration.maximumGracefulShutdownDuration = grace
        configuration.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Ends the process with one clear line in place of a stack of nested errors.
    static func orExit<T>(_ service: String, _ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as SettingsError {
            report(service, error.problems.map { "setting \($0)" })
            throw ExitCode(EX_CONFIG)
        } catch let code as ExitCode {
            throw code
        } catch {
            report(service, ["\(error)"])
            throw ExitCode.failure
        }
    }

    private static func report(_ service: String, _ lines: [String]) {
        StandardOutputSink(descriptor: STDERR_FILENO)
            .write(Array(lines.map { "\(service): \($0)\n" }.joined().utf8))
    }

    /// The pod's name is the host name in Kubernetes; beside several processes on one host the id tells them apart.
    private static func instanceName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        let host = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "\(host)-\(getpid())"
    }
}
