import ServiceRuntime

/// The path and query of a call, percent-encoded.
struct RequestPath: Sendable, Equatable, CustomStringConvertible {
    private var path: String
    private var query: [(name: String, value: String)] = []

    /// A collection, or with `name` one object of it, or with `subresource` a part of that.
    init(_ type: ResourceType, namespace: String?, name: String? = nil, subresource: String? = nil) {
        var parts = type.group.isEmpty ? ["api", type.version] : ["apis", type.group, type.version]
        if type.namespaced, let namespace { parts += ["namespaces", namespace] }
        parts.append(type.plural)
        if let name { parts.append(name) }
        if let subresource { parts.append(subresource) }
        path = "/" + parts.map(PercentEncoding.encode).joined(separator: "/")
    }

    init(path: String) {
        self.path = path
    }

    /// Adds a part to the path.
    func appending(_ part: String) -> RequestPath {
        var copy = self
        copy.path += "/" + PercentEncoding.encode(part)
        return copy
    }

    /// Adds a parameter; nil adds nothing.
    func adding(_ name: String, _ value: String?) -> RequestPath {
        guard let value else { return self }
        var copy = self
        copy.query.append((name, value))
        return copy
    }

    var description: String {
        guard !query.isEmpty else { return path }
        return path + "?"
            + query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(
                separator: "&"
            )
    }

    static func == (left: RequestPath, right: RequestPath) -> Bool {
        left.description == right.description
    }
}
