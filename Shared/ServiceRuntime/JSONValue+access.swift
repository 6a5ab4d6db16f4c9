extension JSONValue {
    /// The member of an object; nil when this is no object or has no such member. Setting nil removes it.
    ///
    /// Setting a member of something that is no object makes it one.
    package subscript(key: String) -> JSONValue? {
        get {
            if case .object(let members) = self { return members[key] }
            return nil
        }
        set {
            var members = objectValue ?? [:]
            members[key] = newValue
            self = .object(members)
        }
    }

    /// The element of an array; nil when this is no array or the index is outside.
    package subscript(index: Int) -> JSONValue? {
        if case .array(let elements) = self, elements.indices.contains(index) { return elements[index] }
        return nil
    }

    /// Follows a dotted path; a token of digits indexes an array: `at("spec.containers.0.image")`.
    ///
    /// Keys that contain dots (annotations) need `at(["metadata", "annotations", "a.b/c"])`.
    package func at(_ path: String) -> JSONValue? {
        at(path.split(separator: ".").map(String.init))
    }

    /// Follows the keys one by one; a key of digits indexes an array.
    package func at(_ keys: [String]) -> JSONValue? {
        var current = self
        for key in keys {
            var next = current[key]
            if next == nil, let index = Int(key) { next = current[index] }
            guard let next else { return nil }
            current = next
        }
        return current
    }

    /// Sets what is at the path and makes the objects on the way.
    package mutating func set(_ keys: [String], to value: JSONValue?) {
        guard let first = keys.first else { return }
        if keys.count == 1 {
            self[first] = value
        } else {
            var child = self[first] ?? .object([:])
            child.set(Array(keys.dropFirst()), to: value)
            self[first] = child
        }
    }

    /// This value with the other laid over it: objects are merged member by member, everything else is replaced.
    package func merging(_ other: JSONValue) -> JSONValue {
        guard case .object(let mine) = self, case .object(let theirs) = other else { return other }
        return .object(mine.merging(theirs) { $0.merging($1) })
    }

    /// The text of a string.
    package var stringValue: String? {
        if case .string(let value) = self { return value }
        return nil
    }

    /// A whole number, also one written with a fraction of zero.
    package var intValue: Int? {
        switch self {
        case .integer(let value): Int(exactly: value)
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// Any number.
    package var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// `true` or `false`.
    package var boolValue: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// The elements of an array.
    package var arrayValue: [JSONValue]? {
        if case .array(let value) = self { return value }
        return nil
    }

    /// The members of an object.
    package var objectValue: [String: JSONValue]? {
        if case .object(let value) = self { return value }
        return nil
    }

    /// True for JSON's null.
    package var isNull: Bool { self == .null }
}
