package import Logging

/// What every service is handed when it is built: made once a process by `ProcessHost`.
package struct ProcessContext: Sendable {
    /// The executable's name: `gateway`, `store-service`, …
    package let service: String
    /// This process among the replicas: the pod's name, or host and process id. Stable while the process lives.
    package let instance: String
    /// Logs under the service's name.
    package let logger: Logger
    /// What the service depends on; shown by `/ready` and in snapshots.
    package let readiness: ReadinessBoard
    /// The process's metrics; `Counter`, `Timer` and so on of swift-metrics end here.
    package let metrics: MetricsRegistry
    /// Where the process is to die; nowhere but in tests.
    package let failpoints: Failpoints

    /// Built by `ProcessHost`, and by tests.
    package init(
        service: String,
        instance: String,
        logger: Logger,
        readiness: ReadinessBoard,
        metrics: MetricsRegistry,
        failpoints: Failpoints = Failpoints()
    ) {
        self.service = service
        self.instance = instance
        self.logger = logger
        self.readiness = readiness
        self.metrics = metrics
        self.failpoints = failpoints
    }
}
