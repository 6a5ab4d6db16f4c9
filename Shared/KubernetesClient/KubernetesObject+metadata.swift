package import FoundationEssentials
import ServiceRuntime

extension KubernetesObject {
    /// `apiVersion`; empty where the server left it out (items of a list are given their list's).
    package var apiVersion: String { json["apiVersion"]?.stringValue ?? "" }
    /// `kind`.
    package var kind: String { json["kind"]?.stringValue ?? "" }
    /// `metadata.name`.
    package var name: String { metadata("name") ?? "" }
    /// `metadata.namespace`; nil for cluster-scoped objects.
    package var namespace: String? { metadata("namespace") }
    /// `metadata.uid`; empty before the object was stored.
    package var uid: String { metadata("uid") ?? "" }
    /// `metadata.resourceVersion`; empty before the object was stored.
    package var resourceVersion: String { metadata("resourceVersion") ?? "" }
    /// `metadata.generation`: counts the changes of the specification.
    package var generation: Int { json["metadata"]?["generation"]?.intValue ?? 0 }
    /// `metadata.labels`.
    package var labels: [String: String] { strings("labels") }
    /// `metadata.annotations`.
    package var annotations: [String: String] { strings("annotations") }
    /// `metadata.finalizers`: who must let go before a deleted object disappears.
    package var finalizers: [String] { json["metadata"]?["finalizers"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    /// When the object was stored.
    package var creationTimestamp: Date? { metadata("creationTimestamp").flatMap(RFC3339.parse) }
    /// When deletion was asked for; nil while nobody did.
    package var deletionTimestamp: Date? { metadata("deletionTimestamp").flatMap(RFC3339.parse) }
    /// Whether the object is on its way out.
    package var isTerminating: Bool { metadata("deletionTimestamp") != nil }
    /// `metadata.ownerReferences`: kind and name of each.
    package var owners: [(kind: String, name: String)] {
        json["metadata"]?["ownerReferences"]?.arrayValue?.map {
            (kind: $0["kind"]?.stringValue ?? "", name: $0["name"]?.stringValue ?? "")
        } ?? []
    }

    /// The condition of this type in `status.conditions`.
    package func condition(_ type: String) -> KubernetesCondition? {
        json["status"]?["conditions"]?.arrayValue?
            .first { $0["type"]?.stringValue == type }
            .map {
                KubernetesCondition(
                    type: type,
                    status: $0["status"]?.stringValue ?? "Unknown",
                    reason: $0["reason"]?.stringValue ?? "",
                    message: $0["message"]?.stringValue ?? ""
                )
            }
    }

    private func metadata(_ key: String) -> String? {
        json["metadata"]?[key]?.stringValue
    }

    private func strings(_ key: String) -> [String: String] {
        (json["metadata"]?[key]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }
}

/// One of `status.conditions`.
package struct KubernetesCondition: Sendable, Equatable {
    /// What it says something about, for example `Complete`.
    package let type: String
    /// `True`, `False` or `Unknown`.
    package let status: String
    /// One word for programs.
    package let reason: String
    /// A sentence for people.
    package let message: String
    /// Whether the status is `True`.
    package var isTrue: Bool { status == "True" }
}
