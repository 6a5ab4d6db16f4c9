package import Foundation

/// Decides what a fact or a wish does to a store's life. Pure: it changes nothing and does nothing.
///
/// `PENDING → PROVISIONING → READY | FAILED`, from anywhere `→ DELETING → gone`. A fact of an older generation never
/// changes anything, so a late worker cannot overwrite DELETING.
package struct StoreStateMachine: Sendable {
    /// What was observed of a store.
    package enum Event: Hashable, Sendable {
        /// A worker has begun.
        case provisioningStarted
        /// A step is done.
        case stepCompleted(ProvisioningStep, message: String)
        /// An order was placed, seen and removed: the store sells. From READY it is the canary's good news.
        case provisioned([StoreCondition.Leg])
        /// A store that was READY does not sell now.
        case degraded(StoreDegradation)
        /// The work was given up.
        case provisioningFailed(StoreFailure)
        /// A rotation of the passwords came to its end, good or bad.
        case rotationEnded
        /// Something to tell, without effect on the state.
        case progressed
        /// Nothing of the store is left in the cluster.
        case released
    }

    /// What becomes of the store.
    package enum Outcome: Hashable, Sendable {
        /// It is now like this.
        case changed(StoreLifecycle)
        /// The fact is true and changes nothing.
        case unchanged
        /// The fact is too old or makes no sense here.
        case refused(Refusal)
        /// The store is gone; its record can be removed.
        case gone
    }

    /// Why a fact or a wish has no effect.
    package enum Refusal: String, Hashable, Sendable, Error {
        /// It speaks of an older generation.
        case stale
        /// The store's status does not allow it.
        case invalidTransition
    }

    private let current: StoreLifecycle

    /// Decides about a store in this state.
    package init(_ current: StoreLifecycle) {
        self.current = current
    }

    /// What a fact of `generation`, observed at `time`, does.
    package func apply(_ event: Event, generation: Int, at time: Date) -> Outcome {
        guard generation == current.generation else { return .refused(.stale) }
        if event == .progressed { return .unchanged }
        if current.status == .deleting { return event == .released ? .gone : .refused(.invalidTransition) }
        var next = current
        next.observedGeneration = generation
        switch event {
        case .provisioningStarted:
            guard current.status == .pending || current.status == .provisioning else { return .unchanged }
            next.status = .provisioning
        case .stepCompleted(let step, let message):
            next.set(step.condition, .yes, reason: "\(step.rawValue)Completed", message: message, at: time)
            if current.status == .pending { next.status = .provisioning }
        case .provisioned(let legs):
            for step in ProvisioningStep.allCases where !next.holds(step.condition) {
                next.set(step.condition, .yes, reason: "Observed", message: "", at: time)
            }
            // Without legs nothing could be ordered, as where the shop has no product: what was seen before stands.
            if !legs.isEmpty {
                next.set(
                    .orderPathVerified,
                    .yes,
                    reason: "OrderSeen",
                    message: Self.sentence(legs),
                    at: time,
                    legs: legs
                )
            }
            if next.holds(.degraded) {
                next.set(.degraded, .no, reason: "Recovered", message: "The store sells again.", at: time)
            }
            next.status = .ready
            next.failure = nil
            next.readyAt = current.readyAt ?? time
        case .degraded(let degradation):
            guard current.status == .ready else { return .refused(.invalidTransition) }
            next.set(degradation.condition, .no, reason: degradation.reason, message: degradation.message, at: time)
            next.set(.degraded, .yes, reason: degradation.reason, message: degradation.message, at: time)
        case .provisioningFailed(let failure):
            // A store that sells is not declared failed by a worker that lost sight of it.
            guard current.status != .ready else { return .refused(.invalidTransition) }
            next.set(
                failure.step.condition,
                .no,
                reason: failure.code.rawValue,
                message: failure.message,
                at: time
            )
            next.status = .failed
            next.failure = failure
        case .rotationEnded: guard current.status == .ready else { return .refused(.invalidTransition) }
        case .released: return .refused(.invalidTransition)
        case .progressed: return .unchanged
        }
        return next == current ? .unchanged : .changed(next)
    }

    /// A wish to delete: raises the generation, which pre-empts whatever is under way. Nil when it is being deleted already.
    package func requestDeletion() -> StoreLifecycle? {
        guard current.status != .deleting else { return nil }
        var next = current
        next.status = .deleting
        next.generation += 1
        next.failure = nil
        return next
    }

    /// A wish to try again after FAILED, or while READY and degraded: same store, same secrets, next generation.
    package func requestRetry() throws(Refusal) -> StoreLifecycle {
        guard current.status == .failed || (current.status == .ready && current.holds(.degraded)) else {
            throw .invalidTransition
        }
        var next = current
        next.status = .pending
        next.generation += 1
        next.failure = nil
        next.readyAt = nil
        next.conditions.removeAll { $0.status != .yes || $0.type == .degraded }
        return next
    }

    /// A wish for other passwords: the store stays READY, and whatever looks at it meanwhile is pre-empted.
    package func requestRotation() throws(Refusal) -> StoreLifecycle {
        guard current.status == .ready else { throw .invalidTransition }
        var next = current
        next.generation += 1
        return next
    }

    private static func sentence(_ legs: [StoreCondition.Leg]) -> String {
        guard !legs.isEmpty else { return "" }
        let total = legs.reduce(0) { $0 + $1.duration }
        return "A guest's order was placed, seen by the merchant and removed in \((total * 1000).rounded() / 1000) s."
    }
}

extension StoreLifecycle {
    /// Whether a condition holds.
    package func holds(_ kind: StoreCondition.Kind) -> Bool {
        conditions.contains { $0.type == kind && $0.status == .yes }
    }

    fileprivate mutating func set(
        _ kind: StoreCondition.Kind,
        _ status: StoreCondition.Status,
        reason: String,
        message: String,
        at time: Date,
        legs: [StoreCondition.Leg]? = nil
    ) {
        let index = conditions.firstIndex { $0.type == kind }
        let since = index.flatMap { conditions[$0].status == status ? conditions[$0].lastTransitionTime : nil } ?? time
        let condition = StoreCondition(
            type: kind,
            status: status,
            reason: reason,
            message: message,
            lastTransitionTime: since,
            legs: legs
        )
        if let index { conditions[index] = condition } else { conditions.append(condition) }
    }
}
