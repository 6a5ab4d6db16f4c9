package import Foundation

/// What a store's namespace uses of what it may: the status of its quota, as the API shows it too.
package struct NamespaceUsage: Hashable, Sendable, Codable {
    /// One line of the quota.
    package struct Resource: Hashable, Sendable, Codable {
        /// The resource, in Kubernetes' words: `requests.memory`.
        package let resource: String
        /// What is used, as Kubernetes writes it: `640Mi`.
        package let used: String
        /// What may be used, likewise.
        package let hard: String
        /// What is used as a number: cores, bytes or how many.
        package let usedValue: Double
        /// What may be used, likewise.
        package let hardValue: Double

        /// Describes a line.
        package init(resource: String, used: String, hard: String, usedValue: Double, hardValue: Double) {
            self.resource = resource
            self.used = used
            self.hard = hard
            self.usedValue = usedValue
            self.hardValue = hardValue
        }
    }

    /// By name; empty while there is no namespace, or Kubernetes does not count yet.
    package let resources: [Resource]
    /// When the cluster was looked at.
    package let observedAt: Date

    /// Describes a namespace's use.
    package init(resources: [Resource], observedAt: Date) {
        self.resources = resources
        self.observedAt = observedAt
    }
}
