package import Foundation
package import StoreDomain

/// What a region's cluster has and what is asked of it, for people.
package struct ClusterRoom: Hashable, Sendable, Codable {
    /// One kind of room.
    package struct Amount: Hashable, Sendable, Codable {
        /// What the nodes have for pods: cores, bytes, or how many pods.
        package let allocatable: Double
        /// What the pods on them request.
        package let requested: Double

        /// Puts both together.
        package init(allocatable: Double, requested: Double) {
            self.allocatable = allocatable
            self.requested = requested
        }
    }

    /// The region.
    package let region: Region
    /// Whether its cluster could be asked; everything below is missing when not.
    package let known: Bool
    /// How many nodes take pods.
    package let nodes: Int?
    /// In cores.
    package let cpu: Amount?
    /// In bytes.
    package let memory: Amount?
    /// In pods.
    package let pods: Amount?
    /// When the cluster was looked at.
    package let observedAt: Date?

    /// What a guard said of its cluster; nil: none did.
    package init(region: Region, _ capacity: RegionCapacity?) {
        self.region = region
        known = capacity != nil
        nodes = capacity?.nodes.count
        observedAt = capacity?.observedAt
        cpu = capacity.flatMap { Self.sum($0, of: \.cpu, scale: 1 / 1000) }
        memory = capacity.flatMap { Self.sum($0, of: \.memory, scale: 1_048_576) }
        pods = capacity.flatMap { Self.sum($0, of: \.pods, scale: 1) }
    }

    /// Nil where a node's guard is too old to say what there is in all.
    private static func sum(
        _ capacity: RegionCapacity,
        of part: KeyPath<RegionCapacity.Node.Total, RegionCapacity.Node.Room>,
        scale: Double
    ) -> Amount? {
        let rooms = capacity.nodes.map { $0.total?[keyPath: part] }
        guard rooms.allSatisfy({ $0 != nil }) else { return nil }
        return Amount(
            allocatable: rooms.reduce(0) { $0 + Double($1?.allocatable ?? 0) } * scale,
            requested: rooms.reduce(0) { $0 + Double($1?.requested ?? 0) } * scale
        )
    }
}
