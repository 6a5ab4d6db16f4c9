package import Foundation

/// What changes about a store while it lives: the state that `StoreStateMachine` moves.
package struct StoreLifecycle: Hashable, Sendable, Codable {
    /// Where it is.
    package var status: StoreStatus
    /// Counts what was asked of the store; raised by retry and delete.
    package var generation: Int
    /// The generation whose work was last reported.
    package var observedGeneration: Int
    /// What holds.
    package var conditions: [StoreCondition]
    /// Why it failed; set exactly while FAILED.
    package var failure: StoreFailure?
    /// When it first became READY in this generation.
    package var readyAt: Date?

    /// A store just accepted.
    package init() {
        status = .pending
        generation = 1
        observedGeneration = 0
        conditions = []
    }

    /// A store as it was kept.
    package init(
        status: StoreStatus,
        generation: Int,
        observedGeneration: Int,
        conditions: [StoreCondition],
        failure: StoreFailure?,
        readyAt: Date?
    ) {
        self.status = status
        self.generation = generation
        self.observedGeneration = observedGeneration
        self.conditions = conditions
        self.failure = failure
        self.readyAt = readyAt
    }
}
