import Foundation
package import ServiceRuntime
import Synchronization

/// A Kubernetes API without a cluster: objects in memory, versions, watches, finalizers, namespaces that take their
/// content along. No controllers: nothing runs, no status changes by itself.
///
/// Behaves as the real one where this platform depends on it; for trying decisions out and for tests.
package final class MemoryKubernetesAPI: KubernetesAPI {
    struct Key: Hashable {
        let type: ResourceType
        let namespace: String?
        let name: String
    }

    struct Watcher {
        let type: ResourceType
        let namespace: String?
        let options: WatchOptions
        let continuation: AsyncThrowingStream<KubernetesWatchEvent, any Error>.Continuation
    }

    struct State {
        var objects: [Key: KubernetesObject] = [:]
        var logs: [String: MemoryPodLog] = [:]
        var logReaders = 0
        var version = 1
        /// Every change so far, for watches that begin in the past.
        var history: [(version: Int, key: Key, event: KubernetesWatchEvent)] = []
        var outage: KubernetesError?
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0
        var calls: [String] = []
    }

    let state = Mutex(State())

    /// An empty cluster with the namespace `default`.
    package init() {
        state.withLock { _ = $0.store(KubernetesObject(.namespaces, name: "default"), as: .namespaces) }
    }

    /// Lets every call fail with this error (nil: no longer) and breaks the watches.
    package func setOutage(_ error: KubernetesError?) {
        let watchers = state.withLock { state in
            state.outage = error
            defer { if error != nil { state.watchers = [:] } }
            return error == nil ? [] : Array(state.watchers.values)
        }
        // Not under the lock: ending a stream calls back into this object.
        for watcher in watchers { watcher.continuation.finish(throwing: error) }
    }

    /// Every changing call so far, as `verb plural namespace/name`.
    package var calls: [String] {
        state.withLock { $0.calls }
    }
}

extension MemoryKubernetesAPI {
    package func get(_ type: ResourceType, _ name: String, namespace: String?) async throws -> KubernetesObject {
        try state.withLock { state throws(KubernetesError) in
            try state.checkReachable()
            return try state.existing(Key(type: type, namespace: namespace, name: name))
        }
    }

    package func list(
        _ type: ResourceType,
        namespace: String?,
        options: ListOptions
    ) async throws -> KubernetesList {
        try state.withLock { state throws(KubernetesError) in
            try state.checkReachable()
            let items = state.objects
                .filter { key, object in
                    key.type == type && (namespace == nil || key.namespace == namespace)
                        && Selector.matches(object, labels: options.labelSelector, fields: options.fieldSelector)
                }
                .values.sorted { ($0.namespace ?? "", $0.name) < ($1.namespace ?? "", $1.name) }
            return KubernetesList(items: items, resourceVersion: String(state.version))
        }
    }

    package func create(_ object: KubernetesObject, as type: ResourceType) async throws -> KubernetesObject {
        try state.withLock { state throws(KubernetesError) in
            try state.checkReachable()
            try state.checkNamespace(of: object, type)
            let key = Key(type: type, namespace: object.namespace, name: object.name)
            guard state.objects[key] == nil else {
                throw KubernetesError(
                    code: .alreadyExists,
                    reason: "AlreadyExists",
                    message: "\(type.plural) \"\(object.name)\" already exists"
                )
            }
            state.note("create", key)
            return state.store(object, as: type)
        }
    }

    package func apply(
        _ object: KubernetesObject,
        as type: ResourceType,
        fieldManager: String,
        force: Bool
    ) async throws -> KubernetesObject {
        try state.withLock { state throws(KubernetesError) in
            try state.checkReachable()
            let key = Key(type: type, namespace: object.namespace, name: object.name)
            if state.objects[key] == nil { try state.checkNamespace(of: object, type) }
            state.note("apply", key)
            return state.store(KubernetesObject(state.objects[key]?.json.merging(object.json) ?? object.json), as: type)
        }
    }

    package func mergePatch(
        _ type: ResourceType,
        _ name: String,
        namespace: String?,
        patch: JSONValue
    ) async throws -> KubernetesObject {
        try state.withLock { state throws(KubernetesError) in
            try state.checkReachable()
            let key = Key(type: type, namespace: namespace, name: name)
            let current = try state.existing(key)
            if let uid = patch.at("metadata.uid")?.stringValue, uid != current.uid {
                throw KubernetesError(code: .conflict, reason: "Conflict", message: "the uid is another")
            }
            state.note("patch", key)
            return state.store(KubernetesObject(Selector.mergePatch(current.json, patch)), as: type)
        }
    }

    package func delete(
        _ type: ResourceType,
        _ name: String,
        namespace: String?,
        options: DeleteOptions
    ) async throws {
        try state.withLock { state throws(KubernetesError) in
            try state.checkReachable()
            let key = Key(type: type, namespace: namespace, name: name)
            guard let current = state.objects[key] else { return }
            if let uid = options.uid, uid != current.uid {
                throw KubernetesError(code: .conflict, reason: "Conflict", message: "the uid is another")
            }
            state.note("delete", key)
            state.delete(key)
        }
    }

    package func version() async throws -> KubernetesVersion {
        try state.withLock { state throws(KubernetesError) in
            try state.checkReachable()
            return KubernetesVersion(major: 1, minor: 20, name: "v1.20.2-memory")
        }
    }

    package func watch(
        _ type: ResourceType,
        namespace: String?,
        options: WatchOptions
    ) -> AsyncThrowingStream<KubernetesWatchEvent, any Error> {
        AsyncThrowingStream { continuation in
            let number = state.withLock { state -> Int in
                let number = state.nextWatcher
                state.nextWatcher += 1
                if let outage = state.outage {
                    continuation.finish(throwing: outage)
                    return number
                }
                let from = options.resourceVersion.flatMap { Int($0) }
                let watcher = Watcher(
                    type: type,
                    namespace: namespace,
                    options: options,
                    continuation: continuation
                )
                state.watchers[number] = watcher
                guard let from else {
                    for (key, object) in state.objects { watcher.tell(key, .added(object)) }
                    return number
                }
                continuation.yield(.bookmark(resourceVersion: String(from)))
                for change in state.history where change.version > from { watcher.tell(change.key, change.event) }
                return number
            }
            // In a task of its own: who cancels the reader holds that task's lock here, and whoever tells the watcher of a
            // change holds the state's and waits for the task's.
            continuation.onTermination = { [weak self] _ in
                Task { self?.state.withLock { $0.watchers[number] = nil } }
            }
        }
    }
}
