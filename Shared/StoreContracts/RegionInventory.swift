package import Foundation
package import StoreDomain

/// `cluster.v1.<region>.inventory`: the namespaces of a region that are labelled as the platform's. The request has no
/// body.
package struct RegionInventory: Hashable, Sendable, Codable {
    /// One of them.
    package struct Namespace: Hashable, Sendable, Codable {
        /// Its name.
        package let name: String
        /// The store it says it belongs to; nil when the label is missing or no id.
        package let storeID: StoreID?
        /// Whether it is being deleted.
        package let isTerminating: Bool
        /// When it was made.
        package let createdAt: Date?

        /// Describes a namespace.
        package init(name: String, storeID: StoreID?, isTerminating: Bool, createdAt: Date?) {
            self.name = name
            self.storeID = storeID
            self.isTerminating = isTerminating
            self.createdAt = createdAt
        }
    }

    /// All of them.
    package let namespaces: [Namespace]
    /// When the cluster was looked at.
    package let observedAt: Date

    /// Lists what is there.
    package init(namespaces: [Namespace], observedAt: Date) {
        self.namespaces = namespaces
        self.observedAt = observedAt
    }
}
