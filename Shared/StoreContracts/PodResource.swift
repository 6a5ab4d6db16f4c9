package import Foundation

/// A pod of a store as the API shows it.
package struct PodResource: Hashable, Sendable, Codable {
    /// A container of it, init containers included.
    package struct Container: Hashable, Sendable, Codable {
        /// What it does now.
        package enum State: String, Hashable, Sendable, Codable {
            /// It has not begun, or is between two lives.
            case waiting
            /// It runs.
            case running
            /// It has ended.
            case terminated
        }

        /// Its name.
        package let name: String
        /// What it does now.
        package let state: State
        /// Why, in Kubernetes' word: `CrashLoopBackOff`, `OOMKilled`, `Completed`.
        package let reason: String?
        /// Whether it may serve.
        package let ready: Bool
        /// How often it was started again.
        package let restarts: Int

        /// Describes a container.
        package init(name: String, state: State, reason: String?, ready: Bool, restarts: Int) {
            self.name = name
            self.state = state
            self.reason = reason
            self.ready = ready
            self.restarts = restarts
        }
    }

    /// Its name.
    package let name: String
    /// What it is to the store, such as `wordpress`, `mysql` or `setup`; empty where nothing says so.
    package let component: String
    /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`, or `Terminating` while it is being deleted.
    package let phase: String
    /// Whether it may serve.
    package let ready: Bool
    /// How often its containers were started again, all together.
    package let restarts: Int
    /// When a node took it.
    package let startedAt: Date?
    /// Its containers: those that prepare it first, each kind in its order.
    package let containers: [Container]

    /// Describes a pod.
    package init(
        name: String,
        component: String,
        phase: String,
        ready: Bool,
        restarts: Int,
        startedAt: Date?,
        containers: [Container]
    ) {
        self.name = name
        self.component = component
        self.phase = phase
        self.ready = ready
        self.restarts = restarts
        self.startedAt = startedAt
        self.containers = containers
    }
}
