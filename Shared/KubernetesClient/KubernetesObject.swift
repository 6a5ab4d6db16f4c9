package import ServiceRuntime

/// Any Kubernetes object, as the API server sent it.
///
/// Nothing is lost: fields this program knows nothing of stay as they were.
package struct KubernetesObject: Sendable, Equatable {
    /// The whole object.
    package var json: JSONValue

    /// Wraps an object that came from the server or from a file.
    package init(_ json: JSONValue) {
        self.json = json
    }

    /// A new object of `type` with its metadata; `content` holds the other top-level fields (`spec`, `data` …).
    package init(
        _ type: ResourceType,
        name: String,
        namespace: String? = nil,
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        content: [String: JSONValue] = [:]
    ) {
        var metadata: [String: JSONValue] = ["name": .string(name)]
        if let namespace { metadata["namespace"] = .string(namespace) }
        if !labels.isEmpty { metadata["labels"] = .object(labels.mapValues { .string($0) }) }
        if !annotations.isEmpty { metadata["annotations"] = .object(annotations.mapValues { .string($0) }) }
        var object = content
        object["apiVersion"] = .string(type.apiVersion)
        object["kind"] = .string(type.kind)
        object["metadata"] = .object(metadata)
        self.json = .object(object)
    }

    /// A top-level field, for example `status`.
    package subscript(key: String) -> JSONValue? {
        json[key]
    }
}
