import FoundationEssentials
import Helm
import StoreDomain

/// What is wrong with a store that was READY, by the step that is not done any more. Pure.
struct StoreFault: Sendable, Equatable {
    let degradation: StoreDegradation
    /// How long it may last before it is told, in seconds: a pod may be moving, a page may be slow.
    let grace: TimeInterval
    /// Whether the reason says all there is to say; else the diagnosis may know better.
    let isSpecific: Bool

    /// Nil where nothing is known to be wrong yet.
    init?(_ step: ProvisioningStep, _ seen: StoreObservation, lacksSecrets: Bool) {
        func fault(
            _ reason: String,
            _ message: String,
            grace: TimeInterval = 0,
            isSpecific: Bool = true,
            condition: StoreCondition.Kind = step.condition
        ) -> (StoreDegradation, TimeInterval, Bool) {
            (StoreDegradation(condition: condition, reason: reason, message: message), grace, isSpecific)
        }
        let found: (StoreDegradation, TimeInterval, Bool)?
        switch step {
        case .ensureNamespace: found = Self.namespace(seen).map { fault($0, $1, grace: $2) }
        case .ensureSecrets:
            found =
                lacksSecrets
                ? fault("SecretMissing", "The Secret \(ClusterNames.secrets) with the store's passwords is gone.") : nil
        case .installRelease:
            found = Self.release(seen).map { fault($0, $1, grace: $2, condition: $3 ?? step.condition) }
        case .configureStore:
            found = fault("SetupNotComplete", "The set-up has not ended.", grace: 30, isSpecific: false)
        case .awaitWorkloads:
            let waiting = seen.workloads.filter { !$0.isReady }.map { "\($0.kind) \($0.name)" }
            found = fault(
                "WorkloadsNotReady",
                "Not ready: \(waiting.isEmpty ? "any workload" : waiting.joined(separator: ", ")).",
                grace: 15,
                isSpecific: false
            )
        case .proveStorefront:
            found = seen.storefront.map { fault("StorefrontUnreachable", $0.sentence, grace: 20) }
        case .verifyOrderPath:
            guard case .broken? = seen.orderProof, let reason = seen.orderProof?.reason else { return nil }
            found = fault(reason, seen.orderProof?.message ?? "", grace: 25)
        }
        guard let found else { return nil }
        (degradation, grace, isSpecific) = found
    }

    private static func namespace(_ seen: StoreObservation) -> (String, String, TimeInterval)? {
        switch seen.namespace {
        case .absent: ("NamespaceMissing", "The store's namespace is gone, and its data with it.", 0)
        case .terminating: ("NamespaceTerminating", "The store's namespace is being deleted.", 0)
        case .foreign: ("NamespaceForeign", "The namespace of that name is not this store's any more.", 0)
        // The guard is at it.
        case .present: ("NamespaceNotSecured", "The namespace is not secured as it must be.", 30)
        }
    }

    private static func release(_ seen: StoreObservation) -> (String, String, TimeInterval, StoreCondition.Kind?)? {
        guard let release = seen.release else { return nil }
        switch release.status {
        case .absent: return ("ReleaseMissing", "The Helm release is gone.", 0, nil)
        case .deployed: break
        // Somebody may be at it.
        default: return ("ReleaseNotDeployed", "The Helm release is \(release.status), not deployed.", 10, nil)
        }
        guard !seen.missingObjects.isEmpty else { return nil }
        let names = seen.missingObjects.map { "\($0.kind) \($0.name)" }.joined(separator: ", ")
        let message = "Missing in the namespace: \(names)."
        if seen.missingObjects.contains(where: \.runs) { return ("WorkloadMissing", message, 0, .workloadsReady) }
        if seen.missingObjects.contains(where: { $0.kind == "Ingress" }) {
            return ("IngressMissing", message, 0, .reachable)
        }
        return ("ObjectsMissing", message, 0, nil)
    }
}
