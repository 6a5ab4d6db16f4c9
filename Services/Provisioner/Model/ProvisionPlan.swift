import FoundationEssentials
import Helm
import StoreDomain

/// The next thing to do for a store that is to be, decided from what is seen. Pure: does nothing, knows no clock.
struct ProvisionPlan: Sendable {
    /// One thing to do; after it the cluster is looked at again.
    enum Action: Sendable, Equatable {
        /// Render the chart, before anything is made from it.
        case renderChart
        /// Ask the guard for the namespace, again every so often, and wait for it.
        case ensureNamespace
        /// Look whether there is a Secret with the passwords.
        case findSecrets
        /// Create the Secret with the passwords, unless it is there.
        case ensureSecrets
        /// Find out what the release is.
        case inspectRelease
        /// Do this to the release.
        case changeRelease(HelmReleaseDecision)
        /// Wait for the cluster to get on.
        case wait
        /// Ask the storefront for its shop page.
        case probeStorefront
        /// Order something in the store, as a guest.
        case proveOrder
        /// Tell that it will be tried again, and wait for that.
        case announce(RetryPolicy.Retry)
        /// Try again what failed so.
        case startOver(StoreFailure)
        /// Tell that a store that was READY does not sell.
        case degrade(StoreDegradation)
        /// Everything is proven.
        case finish
        /// Give up.
        case fail(StoreFailure)
        /// End, with nothing to tell.
        case leave
    }

    /// The generation of the command.
    let generation: Int
    /// When patience ends.
    let deadline: Date
    /// What was tried again so far.
    var retries = RetryPolicy()

    /// Decides for a creation. `symptoms` are what the diagnosis sees in the observation, with how long each has lasted.
    func next(_ observation: StoreObservation, symptoms: [PersistentSymptom], now: Date) -> Action {
        guard let step = Self.step(observation, generation: generation) else { return .finish }
        if let retry = retries.pending { return now < retry.due ? .wait : .startOver(retry.failure) }
        let diagnosis = FailureDiagnosis(step: step, symptoms: retries.judged(symptoms))
        if let failure = diagnosis.verdict(isOverdue: false) {
            return retries.granting(after: failure, now: now).map { .announce($0) } ?? .fail(failure)
        }
        if now >= deadline, let failure = diagnosis.verdict(isOverdue: true) { return .fail(failure) }
        return Self.action(for: step, observation, now: now)
    }

    /// The step that is not done; nil when all are. What helm refuses is about the release, whatever is done by then.
    static func step(_ observation: StoreObservation, generation: Int) -> ProvisioningStep? {
        let next = ProvisionProgress(observation, generation: generation).next
        return next != nil && observation.helmFailure != nil ? .installRelease : next
    }

    /// What gets a step done.
    static func action(for step: ProvisioningStep, _ observation: StoreObservation, now: Date) -> Action {
        guard observation.isChartRendered else { return .renderChart }
        switch step {
        case .ensureNamespace: return .ensureNamespace
        case .ensureSecrets: return .ensureSecrets
        case .installRelease: return release(observation, now: now)
        case .configureStore, .awaitWorkloads: return .wait
        case .proveStorefront: return .probeStorefront
        case .verifyOrderPath: return .proveOrder
        }
    }

    private static func release(_ observation: StoreObservation, now: Date) -> Action {
        guard case .present = observation.namespace else { return .ensureNamespace }
        guard let release = observation.release else { return .inspectRelease }
        let decision = HelmReleaseDecision(
            state: release,
            isCurrent: observation.isReleaseCurrent,
            seen: observation.releaseSeen,
            now: now
        )
        return decision == .nothing ? .wait : .changeRelease(decision)
    }
}
