import CoreMetrics
import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization

/// Everything the collector knows, behind one lock: fed by the bus, read by Prometheus and by dashboards.
final class CollectedMetrics: Sendable {
    private struct State {
        var table = SnapshotTable()
        var ledger = ProvisioningLedger()
    }

    private let state = Mutex(State())
    /// What is derived from notices; kept apart from the process's own metrics, which arrive as a snapshot like everyone's.
    private let derived = MetricsRegistry()
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date = { Date() }) {
        self.now = now
        derived.describe(Self.provisioning, "From the acceptance of a store until it was READY or FAILED, in seconds.")
        derived.describe(Self.steps, "How long each step of a provision took, in seconds.")
    }

    static let provisioning = "store_platform_provisioning_duration_seconds"
    static let steps = "store_platform_provisioning_step_duration_seconds"

    /// An instance spoke.
    func note(_ snapshot: ServiceSnapshot) {
        let moment = now()
        state.withLock { $0.table.insert(snapshot, at: moment) }
    }

    /// store-service recorded something.
    func note(_ notice: StoreNotice) {
        guard let provision = state.withLock({ $0.ledger.note(notice) }) else { return }
        let dimensions = [("engine", provision.engine.rawValue), ("outcome", provision.outcome.rawValue)]
        Recorder(label: Self.provisioning, dimensions: dimensions, factory: derived).record(provision.duration)
        for step in provision.steps {
            guard let duration = step.duration, duration >= 0 else { continue }
            Recorder(label: Self.steps, dimensions: [("step", step.name)], factory: derived).record(duration)
        }
    }

    /// The page for Prometheus.
    func prometheusText() -> String {
        let table = currentTable()
        return PrometheusText.render(table.metrics().map(MetricHelp.filled) + [derived.snapshot()])
    }

    /// The answer for dashboards.
    func summary() -> MetricsSummary {
        let moment = now()
        return state.withLock { state in
            state.table.expire(now: moment)
            return MetricsSummary(table: state.table, ledger: state.ledger, now: moment)
        }
    }

    private func currentTable() -> SnapshotTable {
        let moment = now()
        return state.withLock { state in
            state.table.expire(now: moment)
            return state.table
        }
    }
}
