/// A kind of Kubernetes object and where the API server serves it.
package struct ResourceType: Sendable, Hashable {
    /// The API group; empty for the core group.
    package let group: String
    /// The version within the group, for example `v1`.
    package let version: String
    /// The name in paths, for example `pods`.
    package let plural: String
    /// The name in objects, for example `Pod`.
    package let kind: String
    /// Whether objects of this type live in a namespace.
    package let namespaced: Bool

    /// Describes a type; the well-known ones are statics of this type.
    package init(group: String = "", version: String = "v1", plural: String, kind: String, namespaced: Bool = true) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.namespaced = namespaced
    }

    /// What an object of this type carries as `apiVersion`.
    package var apiVersion: String {
        group.isEmpty ? version : "\(group)/\(version)"
    }
}
