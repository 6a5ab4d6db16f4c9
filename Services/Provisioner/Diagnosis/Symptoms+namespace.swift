import StoreDomain

extension Symptoms {
    /// A namespace of the store's name that is not the store's.
    static func namespace(_ observation: StoreObservation) -> [Symptom] {
        switch observation.namespace {
        case .foreign:
            let message = "The namespace of that name belongs to something else."
            return [
                Symptom(
                    key: "namespace/foreign",
                    code: .namespaceConflict,
                    message: message,
                    evidence: [
                        .init(kind: "Namespace", name: observation.namespaceName, reason: "Conflict", message: message)
                    ],
                    grace: .seconds(5)
                )
            ]
        case .terminating:
            let message = "A namespace of that name is still being deleted."
            return [
                Symptom(
                    key: "namespace/terminating",
                    code: .namespaceTerminating,
                    message: message,
                    evidence: [
                        .init(
                            kind: "Namespace",
                            name: observation.namespaceName,
                            reason: "Terminating",
                            message: message
                        )
                    ],
                    grace: nil,
                    retryable: true
                )
            ]
        case .absent, .present: return []
        }
    }
}
