import Foundation
import Helm

/// What is known of one store in the cluster at one moment: everything the decisions are made from.
struct StoreObservation: Sendable, Equatable {
    /// The store's namespace.
    enum Namespace: Sendable, Equatable {
        /// There is none.
        case absent
        /// The one of that name is being deleted.
        case terminating
        /// The one of that name belongs to something else.
        case foreign
        /// It is this store's; `secured` is the generation that the guard has secured it for.
        case present(secured: Int?, created: Date?)
    }

    var namespace: Namespace = .absent
    var namespaceName = ""
    /// Whether the Secret with the passwords is known to exist.
    var hasSecrets = false
    /// The release; nil before it was looked at.
    var release: HelmReleaseState?
    /// Whether the release has the values and the chart that are wanted.
    var isReleaseCurrent = false
    /// How long this worker has seen the release in the state it is in, in seconds.
    var releaseSeen: TimeInterval = 0
    /// Objects of the release that are not there.
    var missingObjects: [HelmObject] = []
    /// Whether the chart is known to render to something that runs.
    var isChartRendered = false
    /// What the last attempt with Helm said, where it failed.
    var helmFailure: HelmFailure?
    var pods: [PodState] = []
    var jobs: [JobState] = []
    var workloads: [WorkloadState] = []
    var claims: [ClaimState] = []
    /// Warnings only.
    var warnings: [WarningEvent] = []
    /// What the storefront answered last; nil before it was asked.
    var storefront: StorefrontAnswer?
    /// What came of the last order; nil before one was tried.
    var orderProof: OrderProof?
}

/// A failed attempt with Helm.
struct HelmFailure: Sendable, Equatable {
    let code: HelmError.Code
    let message: String
    /// How many attempts failed in a row.
    let attempts: Int
}

/// A pod, as far as it tells how a store fares.
struct PodState: Sendable, Equatable {
    var name: String
    var phase: String
    var isReady: Bool
    var isTerminating = false
    /// The owning ReplicaSet, StatefulSet or Job.
    var owner: String?
    /// Why no node takes it; nil once one did.
    var unschedulable: String?
    /// Why it is in its phase, such as `Evicted`, and the message.
    var reason = ""
    var message = ""
    var containers: [ContainerState] = []
}

/// A container of a pod, init containers included.
struct ContainerState: Sendable, Equatable {
    var name: String
    var image = ""
    /// Why it waits, such as `ErrImagePull`, and the message.
    var waiting: (reason: String, message: String)?
    /// How it ended, now or the time before: reason, exit code, message.
    var terminated: (reason: String, exitCode: Int, message: String)?
    var restarts = 0
    var isRunning = false
    /// Whether its startup probe succeeded, where it has one.
    var hasStarted = false

    static func == (left: ContainerState, right: ContainerState) -> Bool {
        left.name == right.name && left.image == right.image && left.restarts == right.restarts
            && left.isRunning == right.isRunning && left.hasStarted == right.hasStarted
            && left.waiting?.reason == right.waiting?.reason && left.waiting?.message == right.waiting?.message
            && left.terminated?.reason == right.terminated?.reason
            && left.terminated?.exitCode == right.terminated?.exitCode
            && left.terminated?.message == right.terminated?.message
    }
}

/// A Job.
struct JobState: Sendable, Equatable {
    var name: String
    var isComplete = false
    /// Reason and message of its `Failed` condition.
    var failure: String?
}

/// A Deployment or StatefulSet.
struct WorkloadState: Sendable, Equatable {
    var kind: String
    var name: String
    var desired: Int
    var ready: Int
    /// Whether its status is about its present specification.
    var isObserved = true
    var isReady: Bool { isObserved && ready >= desired }
}

/// A claim for a volume.
struct ClaimState: Sendable, Equatable {
    var name: String
    var phase: String
}

/// A warning event.
struct WarningEvent: Sendable, Equatable {
    var kind: String
    var name: String
    var reason: String
    var message: String
    var last: Date?
}
