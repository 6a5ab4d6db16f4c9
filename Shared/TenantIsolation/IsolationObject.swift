package import KubernetesClient

/// One object that a store's namespace must have, and the type under which the API serves it.
package struct IsolationObject: Sendable, Equatable {
    /// Its type.
    package let type: ResourceType
    /// The object with exactly the fields that are ours to set.
    package let object: KubernetesObject

    /// `ResourceQuota store`, for events and logs.
    package var title: String { "\(type.kind) \(object.name)" }
}
