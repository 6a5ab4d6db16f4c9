import Foundation
import ServiceRuntime
import StoreContracts

/// The newest snapshot of every instance that still speaks. Pure: time comes in.
struct SnapshotTable: Sendable {
    struct Instance: Sendable {
        let snapshot: ServiceSnapshot
        let receivedAt: Date
    }

    private struct Key: Hashable {
        let service: String
        let instance: String
    }

    static let storesMetric = "store_platform_stores"
    /// What store-service counts in PostgreSQL: every replica says the same, so the one that spoke last is enough.
    private static let counted: Set = [
        storesMetric, "store_platform_stores_waiting", "store_platform_stores_degraded",
        "store_platform_order_canary_success", "store_platform_orphan_namespaces",
    ]

    private let silenceLimit: TimeInterval
    private var instances: [Key: Instance] = [:]

    /// Instances that were silent for longer than `silenceLimit` seconds are dropped.
    init(silenceLimit: TimeInterval = 15) { self.silenceLimit = silenceLimit }

    mutating func insert(_ snapshot: ServiceSnapshot, at time: Date) {
        let key = Key(service: snapshot.service, instance: snapshot.instance)
        instances[key] = Instance(snapshot: snapshot, receivedAt: time)
    }

    mutating func expire(now: Date) {
        instances = instances.filter { now.timeIntervalSince($0.value.receivedAt) <= silenceLimit }
    }

    /// By service, then instance.
    var all: [Instance] {
        instances.values.sorted {
            ($0.snapshot.service, $0.snapshot.instance) < ($1.snapshot.service, $1.snapshot.instance)
        }
    }

    /// The newest word on stores by status; nil while no store-service speaks.
    var stores: MetricFamily? { newest(Self.storesMetric) }

    private func newest(_ name: String) -> MetricFamily? {
        instances.values
            .sorted { $0.receivedAt > $1.receivedAt }
            .lazy.compactMap { $0.snapshot.metrics[name] }
            .first
    }

    /// Everything for Prometheus: each instance's series carry `service` and `instance`, what the database counts does not.
    func metrics() -> [MetricsSnapshot] {
        var snapshots = all.map { entry in
            let origin = ["service": entry.snapshot.service, "instance": entry.snapshot.instance]
            var labelled = entry.snapshot.metrics.labelled(origin)
            labelled.families.removeAll { Self.counted.contains($0.name) }
            return labelled
        }
        snapshots.append(MetricsSnapshot(families: [liveness, dependencies] + Self.counted.compactMap(newest)))
        return snapshots
    }

    private var liveness: MetricFamily {
        MetricFamily(
            name: "store_platform_instance_up",
            kind: .gauge,
            help: "Instances that have spoken lately; 1 when everything they need is there.",
            series: all.map { entry in
                let isReady = entry.snapshot.dependencies.allSatisfy { $0.status == .up }
                return MetricSeries(labels: labels(entry), value: isReady ? 1 : 0)
            }
        )
    }

    private var dependencies: MetricFamily {
        MetricFamily(
            name: "store_platform_dependency_up",
            kind: .gauge,
            help: "What an instance needs: 1 when it has it.",
            series: all.flatMap { entry in
                entry.snapshot.dependencies.map { dependency in
                    let labels = labels(entry).merging(["dependency": dependency.name]) { $1 }
                    return MetricSeries(labels: labels, value: dependency.status == .up ? 1 : 0)
                }
            }
        )
    }

    private func labels(_ entry: Instance) -> [String: String] {
        ["service": entry.snapshot.service, "instance": entry.snapshot.instance]
    }
}

extension MetricsSnapshot {
    /// The same with further labels on every series; a series' own label of that name gives way.
    func labelled(_ labels: [String: String]) -> MetricsSnapshot {
        var copy = self
        for index in copy.families.indices {
            for place in copy.families[index].series.indices {
                copy.families[index].series[place].labels.merge(labels) { $1 }
            }
        }
        return copy
    }
}
