package import Foundation

/// One aspect of a store's state, in the manner of Kubernetes' conditions.
package struct StoreCondition: Hashable, Sendable, Codable {
    /// What it is about; in the order in which they come true.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The namespace exists with its quota, limits and policies.
        case namespaceSecured = "NamespaceSecured"
        /// The store's passwords exist.
        case secretsReady = "SecretsReady"
        /// The Helm release is deployed.
        case releaseInstalled = "ReleaseInstalled"
        /// The setup Job has succeeded.
        case storeConfigured = "StoreConfigured"
        /// All pods are ready.
        case workloadsReady = "WorkloadsReady"
        /// The storefront answers through the ingress.
        case reachable = "Reachable"
    }

    /// Kubernetes' three values.
    package enum Status: String, Hashable, Sendable, Codable {
        /// It holds.
        case yes = "True"
        /// It does not.
        case no = "False"
        /// It is not known.
        case unknown = "Unknown"
    }

    /// What it is about.
    package let type: Kind
    /// Whether it holds.
    package let status: Status
    /// One word why, for programs.
    package let reason: String
    /// A sentence, for people.
    package let message: String
    /// When the status last changed.
    package let lastTransitionTime: Date

    /// Makes a condition.
    package init(type: Kind, status: Status, reason: String, message: String = "", lastTransitionTime: Date) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.lastTransitionTime = lastTransitionTime
    }
}
