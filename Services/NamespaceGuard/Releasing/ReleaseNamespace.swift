import Foundation
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation

/// Deletes a store's namespace and says `namespaceReleased` once it and the volumes of its claims are really gone.
///
/// Level-based: begins with what is there, so it may be repeated or broken off anywhere. Removes no finalizer: what
/// hangs is explained for as long as it hangs. Throws `KubernetesError` and `BusError`.
struct ReleaseNamespace: Sendable {
    let api: any KubernetesAPI
    /// How long to watch before the reason is told and the command put back, so that one that hangs blocks no other.
    let patience: Duration
    /// How long after that to look again.
    let pause: Duration
    var failpoints = Failpoints()

    /// `asked`: when the release was wanted, however often it was begun since.
    func run(_ command: GuardCommand, facts: GuardFacts, asked: Date = Date()) async throws -> GuardOutcome {
        let namespace = command.namespace
        let observed = try await api.getIfPresent(.namespaces, namespace)
        let held = VolumeRelease(of: namespace, among: try await api.listAll(.persistentVolumes).items)
        switch ReleaseDecision(observed, for: command.storeID) {
        case .leaveAlone(let owner):
            let message = "Namespace \(namespace) \(owner.sentence) and was left alone."
            try await facts.progressed("NamespaceLeftAlone", message)
            try await report(facts, "The store has no namespace.", asked)
            return .done
        case .delete(let uid):
            do {
                try await failpoints.around("namespace-guard.release.delete") {
                    try await api.delete(.namespaces, namespace, namespace: nil, options: DeleteOptions(uid: uid))
                }
            } catch let error as KubernetesError where error.code == .conflict {
                // Another object has the name by now, or this one has changed in this moment: look again.
                return .later(after: .milliseconds(200))
            }
            guard try await isGone(namespace, uid: uid, facts) else { return .later(after: pause) }
        case .waitUntilGone(let uid):
            guard try await isGone(namespace, uid: uid, facts) else { return .later(after: pause) }
        case .gone: break
        }
        guard let volumes = try await releasedVolumes(of: namespace, facts, asked) else { return .later(after: pause) }
        let gone = held.names.filter { !volumes.retained.contains($0) }
        var metadata: [String: JSONValue] = [
            "namespaceStatus": 404, "releasedVolumes": .array(gone.map { .string($0) }),
        ]
        if !volumes.retained.isEmpty { metadata["retainedVolumes"] = .array(volumes.retained.map { .string($0) }) }
        let message = "Namespace \(namespace) is gone, and the volumes of its claims with it."
        try await report(facts, message, asked, metadata: metadata)
        return .done
    }

    private func report(
        _ facts: GuardFacts,
        _ message: String,
        _ asked: Date,
        metadata: [String: JSONValue] = [:]
    ) async throws {
        let seconds = max(0, Date().timeIntervalSince(asked))
        var metadata = metadata
        metadata["seconds"] = .number((seconds * 1000).rounded() / 1000)
        try await failpoints.around("namespace-guard.release.report") {
            try await facts.released(message, after: .seconds(seconds), metadata: metadata)
        }
    }

    private func isGone(_ namespace: String, uid: String, _ facts: GuardFacts) async throws -> Bool {
        _ = try await api.first(
            of: .namespaces,
            fieldSelector: "metadata.name=\(namespace)",
            within: patience
        ) { $0.contains { $0.uid == uid } ? nil : true }
        // Asked of the server itself: what a watch tells is not proof enough.
        guard let still = try await api.getIfPresent(.namespaces, namespace) else { return true }
        // The name is another namespace's by now: the next look decides what that means.
        guard still.uid == uid else { return false }
        let report = try await LeftoverSearch(api: api).explain(still)
        let since = still.deletionTimestamp ?? Date()
        let elapsed = Int(max(0, Date().timeIntervalSince(since)))
        var metadata: [String: JSONValue] = ["leftovers": .array(report.leftovers.prefix(20).map { .string("\($0)") })]
        if let hint = report.hint { metadata["hint"] = .string(hint) }
        try await facts.hanging(
            report.reason,
            "Namespace \(namespace) is still being deleted, for \(elapsed) s now. \(report.message)",
            news: HangingNews(reason: report.reason, explanation: report.message, since: since, now: Date()),
            metadata: metadata
        )
        return false
    }

    /// Nil when volumes are still there after all patience.
    private func releasedVolumes(
        of namespace: String,
        _ facts: GuardFacts,
        _ asked: Date
    ) async throws -> VolumeRelease? {
        let released = try await api.first(of: .persistentVolumes, within: patience) { volumes -> VolumeRelease? in
            let release = VolumeRelease(of: namespace, among: volumes)
            return release.isComplete ? release : nil
        }
        if let released { return released }
        let volumes = try await api.listAll(.persistentVolumes)
        let now = VolumeRelease(of: namespace, among: volumes.items)
        if now.isComplete { return now }
        let remaining = now.remaining.joined(separator: ", ")
        try await facts.hanging(
            "VolumesRemaining",
            "Volumes of the store are still there: \(remaining).",
            news: HangingNews(reason: "VolumesRemaining", explanation: remaining, since: asked, now: Date())
        )
        return nil
    }
}
