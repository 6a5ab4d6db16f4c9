import FoundationEssentials
import Helm
import StoreDomain

/// Finds the symptoms in an observation. Pure; each rule looks at one kind of object.
enum Symptoms {
    /// All that is wrong. What Kubernetes words in no known way gives nothing, and is a timeout in the end.
    static func all(in observation: StoreObservation, generation: Int) -> [Symptom] {
        let next = ProvisionProgress(observation, generation: generation).next
        return namespace(observation) + helm(observation) + jobs(observation) + pods(observation, next)
            + evictions(observation) + refusals(observation) + claims(observation)
            + storefront(observation, next) + certificates(observation, next) + orderPath(observation, next)
    }

    /// The Job that sets the store up: that of the release's present revision.
    static func setupJob(_ observation: StoreObservation) -> String {
        "\(ClusterNames.setupJob)\(observation.release?.revision ?? 0)"
    }

    /// The last line of a text that isn't blank, shortened.
    static func lastLine(_ text: String) -> String? {
        text.split(whereSeparator: \.isNewline)
            .last { !$0.allSatisfy(\.isWhitespace) }
            .map { String($0.prefix(300)) }
    }
}

extension StoreObservation {
    /// The newest warning about an object for one of these reasons, the newest that `isMeant` where given.
    func warning(
        _ kind: String,
        _ name: String,
        reasons: Set<String>,
        where isMeant: (WarningEvent) -> Bool = { _ in true }
    ) -> WarningEvent? {
        warnings
            .filter { $0.kind == kind && $0.name == name && reasons.contains($0.reason) && isMeant($0) }
            .max { ($0.last ?? .distantPast) < ($1.last ?? .distantPast) }
    }
}

extension StoreFailure.Evidence {
    /// A warning of Kubernetes, as it is.
    init(_ warning: WarningEvent) {
        self.init(kind: warning.kind, name: warning.name, reason: warning.reason, message: warning.message)
    }
}
