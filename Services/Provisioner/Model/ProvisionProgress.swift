import Helm
import StoreDomain

/// Which steps an observation shows to be done. Pure.
struct ProvisionProgress: Sendable, Equatable {
    /// The steps that are done, in order; each one only where all before it are.
    let completed: [ProvisioningStep]

    /// Reads an observation for a command of this generation.
    init(_ observation: StoreObservation, generation: Int) {
        completed = Array(
            ProvisioningStep.allCases.prefix { Self.isDone($0, observation, generation: generation) }
        )
    }

    /// The step to be done next; nil when all are.
    var next: ProvisioningStep? {
        completed.count < ProvisioningStep.allCases.count ? ProvisioningStep.allCases[completed.count] : nil
    }

    private static func isDone(_ step: ProvisioningStep, _ seen: StoreObservation, generation: Int) -> Bool {
        switch step {
        case .ensureNamespace:
            guard case .present(let secured?, _) = seen.namespace else { return false }
            return secured >= generation
        case .ensureSecrets: return seen.hasSecrets
        case .installRelease: return seen.release?.status == .deployed && seen.isReleaseCurrent
        case .configureStore: return isConfigured(seen)
        case .awaitWorkloads: return seen.areWorkloadsReady
        case .proveStorefront: return seen.storefront == .shop
        case .verifyOrderPath:
            guard case .sells = seen.orderProof else { return false }
            return true
        }
    }

    private static func isConfigured(_ seen: StoreObservation) -> Bool {
        // A Job that is gone has been cleaned up; then the pods, ready only when set-up is done, speak for it.
        guard let job = seen.setupJob else { return seen.areWorkloadsReady }
        if job.isComplete { return true }
        // The first set-up's last act makes the pods ready, a second or two before Kubernetes calls the Job complete.
        return seen.release?.revision == 1 && job.failure == nil && seen.areWorkloadsReady
    }
}

extension StoreObservation {
    /// Whether all there is to run runs; nothing at all is not ready.
    var areWorkloadsReady: Bool {
        !workloads.isEmpty && workloads.allSatisfy(\.isReady)
    }

    /// The set-up of the release's revision.
    var setupJob: JobState? {
        let name = "\(ClusterNames.setupJob)\(release?.revision ?? 0)"
        return jobs.first { $0.name == name }
    }
}
