import FoundationEssentials
import Helm
import StoreDomain

/// The next thing to do for a store that is to be, decided from what is seen. Pure: does nothing, knows no clock.
struct ProvisionPlan: Sendable {
    /// One thing to do; after it the cluster is looked at again.
    enum Action: Sendable, Equatable {
        /// Ask the guard for the namespace, again every so often, and wait for it.
        case ensureNamespace
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
        /// Everything is proven.
        case finish
        /// Give up.
        case fail(StoreFailure)
    }

    /// The generation of the command.
    let generation: Int
    /// When patience ends.
    let deadline: Date

    /// Decides. `symptoms` are what the diagnosis sees in the observation, with how long each has lasted.
    func next(_ observation: StoreObservation, symptoms: [PersistentSymptom], now: Date) -> Action {
        let progress = ProvisionProgress(observation, generation: generation)
        guard let step = progress.next else { return .finish }
        if let failure = FailureDiagnosis(step: step, symptoms: symptoms).verdict(isOverdue: now >= deadline) {
            return .fail(failure)
        }
        switch step {
        case .ensureNamespace: return .ensureNamespace
        case .ensureSecrets: return .ensureSecrets
        case .installRelease: return release(observation, now: now)
        case .configureStore, .awaitWorkloads: return .wait
        case .proveStorefront: return .probeStorefront
        case .verifyOrderPath: return .proveOrder
        }
    }

    private func release(_ observation: StoreObservation, now: Date) -> Action {
        guard let release = observation.release else { return .inspectRelease }
        let decision = HelmReleaseDecision(state: release, isCurrent: observation.isReleaseCurrent, now: now)
        return decision == .nothing ? .wait : .changeRelease(decision)
    }
}
