import KubernetesClient
import ServiceRuntime

/// Why a namespace that is being deleted is still there: Kubernetes' own words, and what is left in it. Pure.
struct TerminationReport: Hashable {
    /// One word for programs: the first condition that holds, `NamespaceFinalizers` where only the namespace's own
    /// finalizers hold it, or `Terminating`.
    let reason: String
    /// Sentences for people.
    let message: String
    /// What to do about it.
    let hint: String?
    /// What is left, as far as it could be read.
    let leftovers: [Leftover]

    /// No more than this many objects are named; the rest is counted.
    private static let namesShown = 8

    /// Reads `status.conditions`; the order is that of usefulness: what fails explains what remains.
    init(_ namespace: KubernetesObject, leftovers: [Leftover] = [], unreadable: [String] = []) {
        let telling = [
            "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure",
            "NamespaceDeletionContentFailure", "NamespaceFinalizersRemaining", "NamespaceContentRemaining",
        ]
        let holding = telling.compactMap { namespace.condition($0) }.filter(\.isTrue)
        let own = namespace.finalizers
        reason = holding.first?.type ?? (own.isEmpty ? "Terminating" : "NamespaceFinalizers")
        // What a finalizer holds comes first: the rest is waiting for it or about to go.
        self.leftovers = leftovers.sorted { ($0.finalizers.isEmpty ? 1 : 0, $0) < ($1.finalizers.isEmpty ? 1 : 0, $1) }
        var sentences = holding.map(\.message)
        if !own.isEmpty { sentences.append("Finalizers on the namespace: \(own.joined(separator: ", ")).") }
        if !leftovers.isEmpty {
            let shown = self.leftovers.prefix(Self.namesShown).map(\.description)
            let more = leftovers.count - shown.count
            sentences.append("Left: \(shown.joined(separator: "; "))\(more > 0 ? "; and \(more) more" : "").")
        }
        if !unreadable.isEmpty { sentences.append("Not looked at: \(unreadable.joined(separator: ", ")).") }
        message = sentences.isEmpty ? "Kubernetes gives no reason yet." : sentences.joined(separator: " ")
        hint = Self.hint(reason, isHeld: !own.isEmpty || leftovers.contains { !$0.finalizers.isEmpty })
    }

    private static func hint(_ reason: String, isHeld: Bool) -> String? {
        switch reason {
        case "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure":
            "An aggregated API does not answer: see kubectl get apiservices, and mend or remove it."
        case _ where isHeld:
            "A finalizer belongs to whoever set it: see that its controller runs. Take it away by hand only if that is gone."
        default: nil
        }
    }
}
