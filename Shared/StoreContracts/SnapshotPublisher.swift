package import Logging
package import MessageBus
import ServiceLifecycle
package import ServiceRuntime

/// What an instance tells of itself every moment: broadcast on `metrics.<service>.<instance>`.
package struct ServiceSnapshot: Sendable, Codable {
    /// The service's name.
    package let service: String
    /// The instance.
    package let instance: String
    /// What it needs, and whether it has it.
    package let dependencies: [DependencyState]
    /// Its metrics.
    package let metrics: MetricsSnapshot

    /// Makes a snapshot.
    package init(service: String, instance: String, dependencies: [DependencyState], metrics: MetricsSnapshot) {
        self.service = service
        self.instance = instance
        self.dependencies = dependencies
        self.metrics = metrics
    }
}

/// Broadcasts a service's snapshot at an interval, for readiness and metrics. Loss is harmless: the next one comes.
package struct SnapshotPublisher: Service {
    private let bus: any MessageBus
    private let service: String
    private let interval: Duration
    private let board: ReadinessBoard
    private let registry: MetricsRegistry
    private let logger: Logger

    /// Publishes what `board` and `registry` say.
    package init(
        bus: any MessageBus,
        service: String,
        interval: Duration = .seconds(2),
        board: ReadinessBoard,
        registry: MetricsRegistry,
        logger: Logger
    ) {
        self.bus = bus
        self.service = service
        self.interval = interval
        self.board = board
        self.registry = registry
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let snapshot = ServiceSnapshot(
                        service: service,
                        instance: bus.instance,
                        dependencies: board.snapshot(),
                        metrics: registry.snapshot()
                    )
                    let subject = Subjects.Metrics.snapshot(service: service, instance: bus.instance)
                    try await bus.publish(try Contract.message(subject, snapshot))
                } catch {
                    logger.debug("Snapshot not published", metadata: ["error": "\(error)"])
                }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }
}
