import Foundation
import KubernetesClient
import Logging
import MessageBus
import Metrics
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation

/// Keeps secured namespaces as they must be: looks at each of the region at an interval and puts right what someone
/// changed. One replica patrols at a time; a namespace that a command is being worked on is left to that.
///
/// The interval is also what bounds a fight with another controller that wants it otherwise.
struct DriftPatrol: Service {
    let region: Region
    let bus: any MessageBus
    let api: any KubernetesAPI
    let securing: SecureNamespace
    let fence: DeletionFence
    let leases: LeasedWork
    let interval: Duration
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // The interval of rounds: drift is looked for, not waited for, so that a namespace nobody watches costs nothing.
                do { try await Task.sleep(for: interval) } catch { return }
                do {
                    _ = try await leases.run("guard-patrol-\(region)") { try await patrol() }
                } catch is CancellationError {
                    return
                } catch {
                    // The next round is not far.
                    logger.debug("Patrol broken off", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Looks at every namespace once.
    func patrol() async throws {
        let namespaces = try await api.listAll(.namespaces, labelSelector: TenantLabels.selector(of: region)).items
        Gauge(label: "store_platform_guard_namespaces").record(namespaces.count)
        for namespace in namespaces {
            guard let secured = SecuredNamespace(namespace),
                !fence.isKnownDeleted(secured.tenant.storeID, since: secured.generation)
            else { continue }
            do {
                try await repair(secured)
            } catch is LeasedWork.Lost {
                logger.warning("Repair broken off: its lease was lost", metadata: ["namespace": "\(namespace.name)"])
            } catch let error as KubernetesError where !error.isOutage {
                // Deleted in this moment, or refused: one namespace must not keep the patrol from the others.
                logger.warning("Drift not repaired", metadata: ["namespace": "\(namespace.name)", "error": "\(error)"])
            }
        }
    }

    private func repair(_ secured: SecuredNamespace) async throws {
        let (tenant, generation) = (secured.tenant, secured.generation)
        let repaired = try await leases.run("guard-\(region)-\(tenant.namespace)") { () -> [String] in
            // Read again under the lease: a command may have released it meanwhile.
            guard let now = try await api.getIfPresent(.namespaces, tenant.namespace), SecuredNamespace(now) == secured
            else { return [] }
            return try await securing.apply(tenant, namespace: now).titles
        }
        guard let repaired, !repaired.isEmpty else { return }
        for title in repaired {
            let kind = title.prefix { $0 != " " }
            Counter(label: "store_platform_guard_drift_repaired_total", dimensions: [("kind", String(kind))])
                .increment()
        }
        logger.warning(
            "Drift repaired",
            metadata: ["namespace": "\(tenant.namespace)", "objects": "\(repaired.joined(separator: ", "))"]
        )
        let fact = StoreFact(
            kind: .progressed,
            storeID: tenant.storeID,
            generation: generation,
            occurredAt: Date(),
            message:
                "Put right what was changed in namespace \(tenant.namespace): \(repaired.joined(separator: ", ")).",
            metadata: ["reason": "DriftRepaired", "namespace": .string(tenant.namespace)]
        )
        try await bus.publish(fact, key: "guard-drift-\(ULID.generate())")
    }
}
