import KubernetesClient
import ServiceRuntime

/// Why a namespace that is being deleted is still there, in Kubernetes' own words.
struct TerminationReport: Hashable {
    /// One word for programs: the first condition that holds, or `Terminating`.
    let reason: String
    /// A sentence for people.
    let message: String

    /// Reads `status.conditions`; the order is that of usefulness: what fails explains what remains.
    init(_ namespace: KubernetesObject) {
        let telling = [
            "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure",
            "NamespaceDeletionContentFailure", "NamespaceFinalizersRemaining", "NamespaceContentRemaining",
        ]
        let holding = telling.compactMap { namespace.condition($0) }.filter(\.isTrue)
        reason = holding.first?.type ?? "Terminating"
        let others = namespace.finalizers
        var sentences = holding.map(\.message)
        if !others.isEmpty { sentences.append("Finalizers on the namespace: \(others.joined(separator: ", ")).") }
        message = sentences.isEmpty ? "Kubernetes gives no reason yet." : sentences.joined(separator: " ")
    }
}
