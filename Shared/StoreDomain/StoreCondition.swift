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
        /// A guest's order went through the ingress, was seen on the merchant's side, and was removed.
        case orderPathVerified = "OrderPathVerified"
        /// The store was READY and does not sell now; the reason says why. The only condition that is bad when true.
        case degraded = "Degraded"
    }

    /// One leg of a proof, and how long it took.
    package struct Leg: Hashable, Sendable, Codable {
        /// What was done, such as `checkout`.
        package let name: String
        /// In seconds.
        package let duration: Double

        /// Names a leg.
        package init(name: String, duration: Double) {
            self.name = name
            self.duration = duration
        }
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
    /// For `OrderPathVerified`: the legs of the last proof.
    package let legs: [Leg]?

    /// Makes a condition.
    package init(
        type: Kind,
        status: Status,
        reason: String,
        message: String = "",
        lastTransitionTime: Date,
        legs: [Leg]? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.lastTransitionTime = lastTransitionTime
        self.legs = legs
    }
}
