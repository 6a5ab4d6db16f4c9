package import Foundation
package import ServiceRuntime
package import StoreDomain

/// Something that provisioner or namespace-guard observed of a store: stream `STORES`, `stores.<id>.<kind>`.
package struct StoreFact: Hashable, Sendable, Codable {
    /// What was observed; the subject's last token and the event's name in the timeline.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A worker has begun.
        case provisioningStarted
        /// Namespace, quota, limits and policies are there. (From the guard.)
        case namespaceSecured
        /// The passwords are there.
        case secretsReady
        /// The Helm release is installed.
        case releaseInstalled
        /// The setup Job has succeeded.
        case storeConfigured
        /// The pods are ready.
        case workloadsReady
        /// The storefront answers through the ingress.
        case storefrontReachable
        /// An order was placed, seen and removed: the store is READY, or sells again.
        case provisioned
        /// A store that was READY does not sell now; `degradation` says why.
        case degraded
        /// Given up; `failure` says why.
        case provisioningFailed
        /// Deletion has begun.
        case deletionStarted
        /// The Helm release is gone.
        case releaseUninstalled
        /// The namespace is gone: the end. (From the guard.)
        case namespaceReleased
        /// A step of a rotation is done; `rotationStep` says which.
        case rotationProgressed
        /// The store has other passwords now; `adminAccess` holds the admin's.
        case credentialsRotated
        /// The store goes on with the passwords it had; `rotationFailure` says why.
        case rotationFailed
        /// Something to tell: a wait and its reason, a hanging deletion.
        case progressed

        /// Whether it is about other passwords for a store that is there.
        package var isAboutRotation: Bool {
            self == .rotationProgressed || self == .credentialsRotated || self == .rotationFailed
        }
    }

    /// How a store's admin is entered.
    package struct AdminAccess: Hashable, Sendable, Codable {
        /// The login name.
        package let user: String
        /// The password, sealed by `PlatformCrypto.SealingKeys` with the store's id as associated data.
        package let sealedPassword: String

        /// Puts both together.
        package init(user: String, sealedPassword: String) {
            self.user = user
            self.sealedPassword = sealedPassword
        }
    }

    /// What was observed.
    package let kind: Kind
    /// The store.
    package let storeID: StoreID
    /// The generation of the command that was being worked on.
    package let generation: Int
    /// When.
    package let occurredAt: Date
    /// A sentence for the timeline.
    package let message: String
    /// How long the step took, in seconds, where it is one.
    package let duration: Double?
    /// For `provisioningFailed`.
    package let failure: StoreFailure?
    /// For `provisioned` and `credentialsRotated`: the admin's access, where it may have changed.
    package let adminAccess: AdminAccess?
    /// For `provisioned`: the legs of the proof.
    package let legs: [StoreCondition.Leg]?
    /// For `degraded`.
    package let degradation: StoreDegradation?
    /// For `rotationProgressed` and `credentialsRotated`: the step that is done.
    package let rotationStep: RotationStep?
    /// For `rotationFailed`.
    package let rotationFailure: RotationFailure?
    /// More for the timeline; no secrets.
    package let metadata: [String: JSONValue]

    /// Makes a fact.
    package init(
        kind: Kind,
        storeID: StoreID,
        generation: Int,
        occurredAt: Date,
        message: String,
        duration: Double? = nil,
        failure: StoreFailure? = nil,
        adminAccess: AdminAccess? = nil,
        legs: [StoreCondition.Leg]? = nil,
        degradation: StoreDegradation? = nil,
        rotationStep: RotationStep? = nil,
        rotationFailure: RotationFailure? = nil,
        metadata: [String: JSONValue] = [:]
    ) {
        self.kind = kind
        self.storeID = storeID
        self.generation = generation
        self.occurredAt = occurredAt
        self.message = message
        self.duration = duration
        self.failure = failure
        self.adminAccess = adminAccess
        self.legs = legs
        self.degradation = degradation
        self.rotationStep = rotationStep
        self.rotationFailure = rotationFailure
        self.metadata = metadata
    }

    /// The step that a fact completes, if it does.
    package var completedStep: ProvisioningStep? {
        switch kind {
        case .namespaceSecured: .ensureNamespace
        case .secretsReady: .ensureSecrets
        case .releaseInstalled: .installRelease
        case .storeConfigured: .configureStore
        case .workloadsReady: .awaitWorkloads
        case .storefrontReachable: .proveStorefront
        case .provisioned: .verifyOrderPath
        default: nil
        }
    }

    /// How long the completed step took, in seconds, where that is known. `provisioned` carries the time of everything in
    /// `duration`; its own step is the proof.
    package var stepDuration: Double? {
        guard kind == .provisioned else { return duration }
        return legs.flatMap { legs in legs.isEmpty ? nil : legs.reduce(0) { $0 + $1.duration } }
    }

    /// What the fact means to the state machine.
    package var event: StoreStateMachine.Event {
        switch kind {
        case .provisioningStarted: .provisioningStarted
        case .provisioned: .provisioned(legs ?? [])
        case .degraded: degradation.map { .degraded($0) } ?? .progressed
        case .provisioningFailed: failure.map { .provisioningFailed($0) } ?? .progressed
        case .namespaceReleased: .released
        case .credentialsRotated, .rotationFailed: .rotationEnded
        default: completedStep.map { .stepCompleted($0, message: message) } ?? .progressed
        }
    }
}
