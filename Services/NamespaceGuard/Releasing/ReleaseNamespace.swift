import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation

/// Deletes a store's namespace and says `namespaceReleased` once it and the volumes of its claims are really gone.
///
/// Level-based: begins with what is there, so it may be repeated or broken off anywhere. Removes no finalizer: what
/// hangs is told, with Kubernetes' own reason, for as long as it hangs. Throws `KubernetesError` and `BusError`.
struct ReleaseNamespace: Sendable {
    let api: any KubernetesAPI
    /// How long to watch before the reason is told and the command put back, so that one that hangs blocks no other.
    let patience: Duration
    /// How long after that to look again.
    let pause: Duration

    func run(_ command: GuardCommand, facts: GuardFacts) async throws -> GuardOutcome {
        let start = ContinuousClock.now
        let namespace = command.namespace
        let observed = try await api.getIfPresent(.namespaces, namespace)
        switch ReleaseDecision(observed, for: command.storeID) {
        case .leaveAlone(let owner):
            let message = "Namespace \(namespace) \(owner.sentence) and was left alone."
            try await facts.progressed("NamespaceLeftAlone", message)
            try await facts.released("The store has no namespace.", after: ContinuousClock.now - start)
            return .done
        case .delete(let uid):
            do {
                try await api.delete(.namespaces, namespace, namespace: nil, options: DeleteOptions(uid: uid))
            } catch let error as KubernetesError where error.code == .conflict {
                // Another object has the name by now, or this one has changed in this moment: look again.
                return .later(after: .milliseconds(200))
            }
            guard try await isGone(namespace, uid: uid, facts) else { return .later(after: pause) }
        case .waitUntilGone(let uid):
            guard try await isGone(namespace, uid: uid, facts) else { return .later(after: pause) }
        case .gone: break
        }
        guard let volumes = try await releasedVolumes(of: namespace, facts) else { return .later(after: pause) }
        var metadata: [String: JSONValue] = [:]
        if !volumes.retained.isEmpty { metadata["retainedVolumes"] = .array(volumes.retained.map { .string($0) }) }
        try await facts.released(
            "Namespace \(namespace) is gone, and the volumes of its claims with it.",
            after: ContinuousClock.now - start,
            metadata: metadata
        )
        return .done
    }

    private func isGone(_ namespace: String, uid: String, _ facts: GuardFacts) async throws -> Bool {
        let gone = try await api.first(
            of: .namespaces,
            fieldSelector: "metadata.name=\(namespace)",
            within: patience
        ) { $0.contains { $0.uid == uid } ? nil : true }
        if gone == true { return true }
        guard let still = try await api.getIfPresent(.namespaces, namespace), still.uid == uid else { return true }
        let report = TerminationReport(still)
        try await facts.progressed(report.reason, "Namespace \(namespace) is still being deleted. \(report.message)")
        return false
    }

    /// Nil when volumes are still there after all patience.
    private func releasedVolumes(of namespace: String, _ facts: GuardFacts) async throws -> VolumeRelease? {
        let released = try await api.first(of: .persistentVolumes, within: patience) { volumes -> VolumeRelease? in
            let release = VolumeRelease(of: namespace, among: volumes)
            return release.isComplete ? release : nil
        }
        if let released { return released }
        let volumes = try await api.listAll(.persistentVolumes)
        let now = VolumeRelease(of: namespace, among: volumes.items)
        if now.isComplete { return now }
        try await facts.progressed(
            "VolumesRemaining",
            "Volumes of the store are still there: \(now.remaining.joined(separator: ", "))."
        )
        return nil
    }
}
