/// Which release: Helm's names are unique within a namespace.
package struct HelmRelease: Sendable, Hashable {
    /// The release's name.
    package let name: String
    /// The namespace it lives in; Helm never creates it.
    package let namespace: String

    /// Names a release.
    package init(name: String, namespace: String) {
        self.name = name
        self.namespace = namespace
    }
}
