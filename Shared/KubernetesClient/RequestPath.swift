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
        path = "/" + parts.map(Self.encode).joined(separator: "/")
    }

    init(path: String) {
        self.path = path
    }

    /// Adds a part to the path.
    func appending(_ part: String) -> RequestPath {
        var copy = self
        copy.path += "/" + Self.encode(part)
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
        return path + "?" + query.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    static func == (left: RequestPath, right: RequestPath) -> Bool {
        left.description == right.description
    }

    private static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return encoded
    }
}
