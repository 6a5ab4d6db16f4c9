import KubernetesClient

/// An object that is still in a namespace that is being deleted.
struct Leftover: Hashable, Comparable, Sendable, CustomStringConvertible {
    let kind: String
    let name: String
    let finalizers: [String]

    init(kind: String, name: String, finalizers: [String]) {
        self.kind = kind
        self.name = name
        self.finalizers = finalizers
    }

    init(_ object: KubernetesObject) {
        self.init(kind: object.kind, name: object.name, finalizers: object.finalizers)
    }

    var description: String {
        finalizers.isEmpty ? "\(kind) \(name)" : "\(kind) \(name) (finalizers: \(finalizers.joined(separator: ", ")))"
    }

    static func < (left: Self, right: Self) -> Bool { (left.kind, left.name) < (right.kind, right.name) }
}

/// A kind of object that Kubernetes says is left in a namespace. Pure.
struct RemainingResource: Hashable, Sendable {
    /// The name in paths, `deployments`.
    let plural: String
    /// `apps`; empty for the core group.
    let group: String

    /// Reads the condition `NamespaceContentRemaining`: "Some resources are remaining: configmaps. has 1 resource
    /// instances, deployments.apps has 2 resource instances".
    static func all(in namespace: KubernetesObject) -> [RemainingResource] {
        guard let condition = namespace.condition("NamespaceContentRemaining"), condition.isTrue,
            let list = condition.message.split(separator: ": ", maxSplits: 1).last
        else { return [] }
        return list.split(separator: ", ").compactMap { part in
            let words = part.split(separator: " ")
            guard words.count >= 3, words[1] == "has", let dot = words[0].firstIndex(of: ".") else { return nil }
            return RemainingResource(
                plural: String(words[0][..<dot]),
                group: String(words[0][words[0].index(after: dot)...])
            )
        }
    }
}
