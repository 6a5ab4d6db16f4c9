package import Foundation
package import StoreDomain

/// `cluster.v1.<region>.capacity`: what a cluster still has to give, as its scheduler counts. The request has no body.
package struct RegionCapacity: Hashable, Sendable, Codable {
    /// A node that takes pods, and what is left of it.
    package struct Node: Hashable, Sendable, Codable {
        /// Its name.
        package let name: String
        /// Thousandths of a processor: allocatable less the requests of its pods.
        package let freeCPU: Int
        /// Mebibytes, likewise.
        package let freeMemory: Int
        /// How many more pods it takes.
        package let freePods: Int

        /// Describes a node.
        package init(name: String, freeCPU: Int, freeMemory: Int, freePods: Int) {
            self.name = name
            self.freeCPU = freeCPU
            self.freeMemory = freeMemory
            self.freePods = freePods
        }
    }

    /// The nodes that take pods; cordoned ones and those that are not ready are left out.
    package let nodes: [Node]
    /// The stores whose shop and database have a place already, so that what they ask for is counted above.
    package let placed: Set<StoreID>
    /// When the cluster was looked at.
    package let observedAt: Date

    /// Describes a cluster.
    package init(nodes: [Node], placed: Set<StoreID>, observedAt: Date) {
        self.nodes = nodes
        self.placed = placed
        self.observedAt = observedAt
    }
}
