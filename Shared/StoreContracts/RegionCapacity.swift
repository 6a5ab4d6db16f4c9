package import Foundation
package import StoreDomain

/// `cluster.v1.<region>.capacity`: what a cluster still has to give, as its scheduler counts. The request has no body.
package struct RegionCapacity: Hashable, Sendable, Codable {
    /// A node that takes pods, and what is left of it.
    package struct Node: Hashable, Sendable, Codable {
        /// What a node has of something for pods in all, and how much of it its pods request.
        package struct Room: Hashable, Sendable, Codable {
            /// What it has.
            package let allocatable: Int
            /// What is requested of it.
            package let requested: Int

            /// Puts both together.
            package init(allocatable: Int, requested: Int) {
                self.allocatable = allocatable
                self.requested = requested
            }
        }

        /// What a node has in all, in the units of what is left of it.
        package struct Total: Hashable, Sendable, Codable {
            /// Thousandths of a processor.
            package let cpu: Room
            /// Mebibytes.
            package let memory: Room
            /// How many pods.
            package let pods: Room

            /// Describes a node's size.
            package init(cpu: Room, memory: Room, pods: Room) {
                self.cpu = cpu
                self.memory = memory
                self.pods = pods
            }
        }

        /// Its name.
        package let name: String
        /// Thousandths of a processor: allocatable less the requests of its pods.
        package let freeCPU: Int
        /// Mebibytes, likewise.
        package let freeMemory: Int
        /// How many more pods it takes.
        package let freePods: Int
        /// What it has in all, for people; decisions are made by what is left.
        package let total: Total?

        /// Describes a node.
        package init(name: String, freeCPU: Int, freeMemory: Int, freePods: Int, total: Total? = nil) {
            self.name = name
            self.freeCPU = freeCPU
            self.freeMemory = freeMemory
            self.freePods = freePods
            self.total = total
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
