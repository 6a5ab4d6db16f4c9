import Foundation
import KubernetesClient
import Logging
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation

/// Answers what others ask about a region's cluster: store-service what it has to give and whose namespaces are there, the
/// gateway what one of them uses of its quota.
///
/// A picture that may be out of date is not given out: `SERVICE_UNAVAILABLE` tells the asker to decide without it.
struct ClusterRequests: Sendable {
    let region: Region
    let api: any KubernetesAPI
    let cluster: ClusterWatch
    let readiness: ReadinessBoard

    /// The table of subjects.
    func router(logger: Logger) -> RequestRouter {
        var router = RequestRouter(logger: logger)
        router.on(Subjects.Cluster.capacity(region)) { try current().capacity(at: Date()) }
        router.on(Subjects.Cluster.inventory(region)) { try current().inventory(at: Date()) }
        router.on(Subjects.Cluster.usage(region), WorkloadRequest.self) { try await usage($0) }
        return router
    }

    private func current() throws(ServiceFault) -> ClusterPicture {
        let picture = cluster.picture
        // A watch does not notice a server that falls silent; the probe does.
        let isAway = readiness.snapshot().contains { $0.name == "kubernetes" && $0.status == .down }
        guard picture.isCurrent, !isAway else { throw unseen }
        return picture
    }

    /// Nothing is used where there is no namespace, or one of that name that belongs to something else.
    private func usage(_ request: WorkloadRequest) async throws -> NamespaceUsage {
        do {
            let namespace = try await api.getIfPresent(.namespaces, request.namespace)
            let isTheirs = namespace.map { NamespaceOwnership(of: $0, for: request.storeID) == .ours } ?? false
            let quota =
                isTheirs
                ? try await api.getIfPresent(
                    .resourceQuotas,
                    DesiredIsolation.quotaName,
                    namespace: request.namespace
                ) : nil
            return NamespaceUsage(quota, at: Date())
        } catch let error as KubernetesError where error.isTransient {
            throw unseen
        }
    }

    private var unseen: ServiceFault {
        ServiceFault(.serviceUnavailable, "The cluster of region \(region) cannot be seen at the moment.")
    }
}
