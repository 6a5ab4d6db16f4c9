import FoundationEssentials
import Helm
import StoreContracts
import StoreDomain

/// The next thing to do for a store that is looked after, decided from what is seen. Pure.
///
/// A READY store is left alone unless something is missing or does not answer: that is told, then put right by the usual
/// steps, and proven by an order. A FAILED one is helped on, never forced, and told of only when all is right.
struct VerificationPlan: Sendable {
    /// What was done and told so far.
    struct Past: Sendable, Equatable {
        /// What was told to be wrong, by reason.
        var told: Set<String> = []
        /// Changes of the release.
        var upgrades = 0
        /// Whether stuck pods were woken.
        var isWoken = false
        /// Whether the Secret was looked for and not found.
        var lacksSecrets = false
        /// Whether it was made anew.
        var hasNewSecrets = false
        /// Since when the step that is not done is not done.
        var stuck: (step: ProvisioningStep, since: Date)?

        static func == (left: Past, right: Past) -> Bool {
            left.told == right.told && left.upgrades == right.upgrades && left.isWoken == right.isWoken
                && left.lacksSecrets == right.lacksSecrets && left.hasNewSecrets == right.hasNewSecrets
                && left.stuck?.step == right.stuck?.step
                && left.stuck?.since == right.stuck?.since
        }
    }

    /// How long a verification may take, in seconds.
    static let patience: TimeInterval = 120
    /// How often one changes a release.
    static let upgrades = 2

    let generation: Int
    let verification: ProvisionCommand.Verification
    /// When patience ends.
    let deadline: Date
    let past: Past

    /// Decides. `symptoms` as for `ProvisionPlan`.
    func next(_ observation: StoreObservation, symptoms: [PersistentSymptom], now: Date) -> ProvisionPlan.Action {
        guard let step = ProvisionPlan.step(observation, generation: generation) else { return .finish }
        guard now < deadline else { return .leave }
        let diagnosis = FailureDiagnosis(step: step, symptoms: symptoms)
        if isWatched, let degradation = degradation(step, observation, diagnosis, now: now),
            !past.told.contains(degradation.reason)
        {
            return .degrade(degradation)
        }
        if step == .verifyOrderPath, let end = end(observation.orderProof) { return end }
        if let failure = diagnosis.verdict(isOverdue: false) {
            guard failure.retryable, !past.isWoken, past.upgrades < Self.upgrades else { return .leave }
            return .startOver(failure)
        }
        return repair(step, observation, now: now)
    }

    /// Whether it was READY: then what is wrong is news.
    private var isWatched: Bool { verification.status == .ready }

    /// The end, where no order is wanted or none can be tried.
    private func end(_ proof: OrderProof?) -> ProvisionPlan.Action? {
        let isWanted = verification.withOrder || !isWatched || !past.told.isEmpty
        guard isWanted else { return .leave }
        guard case .inconclusive = proof else { return nil }
        // What was broken is mended, and what the merchant does not sell is no fault; a first proof has to order.
        return isWatched && !past.told.isEmpty ? .finish : .leave
    }

    private func repair(_ step: ProvisioningStep, _ observation: StoreObservation, now: Date) -> ProvisionPlan.Action {
        switch step {
        case .ensureNamespace:
            // Without its namespace a store has lost its data, which nobody but a person gives up.
            guard case .present = observation.namespace else { return .leave }
        case .ensureSecrets:
            guard past.lacksSecrets else { return .findSecrets }
            // The database knows the old passwords only.
            guard observation.claims.isEmpty else { return .leave }
        default: break
        }
        let action = ProvisionPlan.action(for: step, observation, now: now)
        if case .changeRelease(.upgrade) = action, past.upgrades >= Self.upgrades { return .leave }
        return action
    }

    /// What is wrong with a store that was READY; nil while it may pass.
    private func degradation(
        _ step: ProvisioningStep,
        _ observation: StoreObservation,
        _ diagnosis: FailureDiagnosis,
        now: Date
    ) -> StoreDegradation? {
        let age = past.stuck.map { $0.step == step ? now.timeIntervalSince($0.since) : 0 } ?? 0
        let fault = StoreFault(step, observation, lacksSecrets: past.lacksSecrets)
        guard let fault, age >= fault.grace else { return nil }
        // Once something was told, what the repair itself passes through is no news.
        if !past.told.isEmpty, step == .configureStore || step == .awaitWorkloads || step == .proveStorefront {
            return nil
        }
        guard let failure = diagnosis.verdict(isOverdue: true), failure.code != .timeout, !fault.isSpecific else {
            return fault.degradation
        }
        return StoreDegradation(
            condition: fault.degradation.condition,
            reason: failure.code.rawValue,
            message: failure.message
        )
    }
}
