import ServiceRuntime

/// The namespaces from which a store's pods may be reached: where ingress controllers run.
package struct IngressSource: Sendable, Hashable, CustomStringConvertible {
    /// As the setting is written.
    package let description: String
    /// A `LabelSelector` over namespaces.
    let namespaceSelector: JSONValue

    /// Namespaces by name, through the label that Kubernetes 1.21 and later give each one.
    package init(namespaces: [String]) {
        description = namespaces.joined(separator: ",")
        namespaceSelector = [
            "matchExpressions": [
                [
                    "key": "kubernetes.io/metadata.name", "operator": "In",
                    "values": .array(namespaces.map { .string($0) }),
                ]
            ]
        ]
    }

    /// Namespaces that carry all these labels.
    package init(labels: [String: String]) {
        description = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        namespaceSelector = ["matchLabels": .object(labels.mapValues { .string($0) })]
    }

    /// Where ingress-nginx and Traefik (also k3s' own) usually run.
    package static let usual = IngressSource(namespaces: ["ingress-nginx", "kube-system", "traefik"])

    /// Reads a setting: `label=value[,label=value…]`, or names of namespaces separated by commas. Nil for anything
    /// else: an empty selector would let in everyone.
    package init?(_ text: String) {
        let parts = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        if parts.contains(where: { $0.contains("=") }) {
            var labels: [String: String] = [:]
            for part in parts {
                let pair = part.split(separator: "=", omittingEmptySubsequences: false)
                guard pair.count == 2, !pair[0].isEmpty else { return nil }
                labels[String(pair[0])] = String(pair[1])
            }
            self.init(labels: labels)
        } else {
            self.init(namespaces: parts)
        }
    }
}
