import Foundation
import Logging
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Answers what store-service asks about a region's cluster: what it has to give, and whose namespaces are there.
///
/// A picture that may be out of date is not given out: `SERVICE_UNAVAILABLE` tells the asker to decide without it.
struct ClusterRequests: Sendable {
    let region: Region
    let cluster: ClusterWatch
    let readiness: ReadinessBoard

    /// The table of subjects.
    func router(logger: Logger) -> RequestRouter {
        var router = RequestRouter(logger: logger)
        router.on(Subjects.Cluster.capacity(region)) { try current().capacity(at: Date()) }
        router.on(Subjects.Cluster.inventory(region)) { try current().inventory(at: Date()) }
        return router
    }

    private func current() throws(ServiceFault) -> ClusterPicture {
        let picture = cluster.picture
        // A watch does not notice a server that falls silent; the probe does.
        let isAway = readiness.snapshot().contains { $0.name == "kubernetes" && $0.status == .down }
        guard picture.isCurrent, !isAway else {
            throw ServiceFault(.serviceUnavailable, "The cluster of region \(region) cannot be seen at the moment.")
        }
        return picture
    }
}
