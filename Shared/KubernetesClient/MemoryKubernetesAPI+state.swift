import Foundation
import ServiceRuntime

extension MemoryKubernetesAPI.State {
    typealias Key = MemoryKubernetesAPI.Key

    func checkReachable() throws(KubernetesError) {
        if let outage { throw outage }
    }

    func existing(_ key: Key) throws(KubernetesError) -> KubernetesObject {
        guard let object = objects[key] else {
            throw KubernetesError(
                code: .notFound,
                reason: "NotFound",
                message: "\(key.type.plural) \"\(key.name)\" not found"
            )
        }
        return object
    }

    /// Nothing new comes into a namespace that isn't there or is going.
    func checkNamespace(of object: KubernetesObject, _ type: ResourceType) throws(KubernetesError) {
        guard type.namespaced else { return }
        let name = object.namespace ?? ""
        let namespace = try existing(Key(type: .namespaces, namespace: nil, name: name))
        if namespace.isTerminating {
            throw KubernetesError(
                code: .namespaceTerminating,
                reason: "Forbidden",
                message: "unable to create new content in namespace \(name) because it is being terminated"
            )
        }
    }

    mutating func note(_ verb: String, _ key: Key) {
        calls.append("\(verb) \(key.type.plural) \(key.namespace.map { "\($0)/" } ?? "")\(key.name)")
    }

    @discardableResult
    mutating func store(_ object: KubernetesObject, as type: ResourceType) -> KubernetesObject {
        let key = Key(type: type, namespace: type.namespaced ? object.namespace : nil, name: object.name)
        let before = objects[key]
        var object = object
        if let before, before.json == object.json { return before }
        version += 1
        object.json.set(["metadata", "resourceVersion"], to: .string(String(version)))
        if before == nil {
            object.json.set(["metadata", "uid"], to: .string(UUID().uuidString.lowercased()))
            object.json.set(["metadata", "creationTimestamp"], to: .string(RFC3339.format(Date())))
        }
        objects[key] = object
        if object.isTerminating, object.finalizers.isEmpty {
            remove(key)
        } else {
            tell(key, before == nil ? .added(object) : .modified(object))
        }
        return object
    }

    /// With finalizers the object stays and is marked; without, it goes, a namespace's content with it.
    mutating func delete(_ key: Key) {
        guard let object = objects[key] else { return }
        if object.finalizers.isEmpty {
            remove(key)
        } else if !object.isTerminating {
            var marked = object
            marked.json.set(["metadata", "deletionTimestamp"], to: .string(RFC3339.format(Date())))
            store(marked, as: key.type)
        }
    }

    private mutating func remove(_ key: Key) {
        if key.type == .namespaces {
            for inner in objects.keys where inner.namespace == key.name { remove(inner) }
        }
        guard var object = objects.removeValue(forKey: key) else { return }
        version += 1
        object.json.set(["metadata", "resourceVersion"], to: .string(String(version)))
        tell(key, .deleted(object))
    }

    private mutating func tell(_ key: Key, _ event: KubernetesWatchEvent) {
        history.append((version, key, event))
        for watcher in watchers.values { watcher.tell(key, event) }
    }
}

extension MemoryKubernetesAPI.Watcher {
    func tell(_ key: MemoryKubernetesAPI.Key, _ event: KubernetesWatchEvent) {
        guard key.type == type, namespace == nil || key.namespace == namespace else { return }
        switch event {
        case .added(let object), .modified(let object), .deleted(let object):
            guard Selector.matches(object, labels: options.labelSelector, fields: options.fieldSelector) else { return }
            continuation.yield(event)
        case .bookmark: break
        }
    }
}

/// The parts of the API's selectors and patches that the memory implementation understands.
enum Selector {
    /// `a=b`, `a==b`, `a!=b`, `a`, `!a`, and a list of them; fields are dotted paths.
    static func matches(_ object: KubernetesObject, labels: String?, fields: String?) -> Bool {
        all(labels) { object.labels[$0] } && all(fields) { object.json.at($0)?.stringValue }
    }

    private static func all(_ selector: String?, _ value: (String) -> String?) -> Bool {
        (selector ?? "").split(separator: ",").allSatisfy { term in
            if let range = term.range(of: "!=") {
                return value(String(term[..<range.lowerBound])) != String(term[range.upperBound...])
            }
            if let range = term.range(of: "==") ?? term.range(of: "=") {
                return value(String(term[..<range.lowerBound])) == String(term[range.upperBound...])
            }
            return term.hasPrefix("!") ? value(String(term.dropFirst())) == nil : value(String(term)) != nil
        }
    }

    /// RFC 7386.
    static func mergePatch(_ target: JSONValue, _ patch: JSONValue) -> JSONValue {
        guard let members = patch.objectValue else { return patch }
        var result: JSONValue = target.objectValue == nil ? .object([:]) : target
        for (key, value) in members {
            result[key] = value.isNull ? nil : mergePatch(result[key] ?? .null, value)
        }
        return result
    }
}
