package import ServiceRuntime

/// The Kubernetes API, as far as this platform uses it.
///
/// Every call but `watch` ends within a timeout. Calls throw `KubernetesError`, or `CancellationError` where the task
/// was cancelled. Retrying is the caller's decision, by `KubernetesError.isTransient`; inside only what the server turned
/// away untouched (429) is sent again, for a bounded time.
/// For namespaced types `namespace` names one namespace; nil means all of them (lists and watches only).
package protocol KubernetesAPI: Sendable {
    /// The object as it is now; throws `notFound`.
    func get(_ type: ResourceType, _ name: String, namespace: String?) async throws -> KubernetesObject

    /// One page of the objects that match; `ListOptions.continuation` asks for the next. See `listAll`.
    func list(_ type: ResourceType, namespace: String?, options: ListOptions) async throws -> KubernetesList

    /// Stores a new object; throws `alreadyExists`. Not idempotent by itself, but safe to repeat by treating
    /// `alreadyExists` as success.
    func create(_ object: KubernetesObject, as type: ResourceType) async throws -> KubernetesObject

    /// Makes the object's fields be as given (server-side apply), and fields of earlier applies of the same manager
    /// that are no longer given disappear. Idempotent. With `force` fields of other managers are taken over.
    func apply(
        _ object: KubernetesObject,
        as type: ResourceType,
        fieldManager: String,
        force: Bool
    ) async throws -> KubernetesObject

    /// Changes some fields (RFC 7386: null removes); throws `notFound`. Idempotent.
    func mergePatch(
        _ type: ResourceType,
        _ name: String,
        namespace: String?,
        patch: JSONValue
    ) async throws -> KubernetesObject

    /// Asks for deletion; it is complete only when `get` says `notFound`. An absent object is success, an object
    /// other than the precondition's is `conflict`. Idempotent.
    func delete(_ type: ResourceType, _ name: String, namespace: String?, options: DeleteOptions) async throws

    /// Changes from `WatchOptions.resourceVersion` on, after a bookmark of that version itself once the server has
    /// accepted. Ends when the server closes the watch (it does so regularly),
    /// fails with `gone` when the version is too old. `reflect` takes care of both.
    func watch(
        _ type: ResourceType,
        namespace: String?,
        options: WatchOptions
    ) -> AsyncThrowingStream<KubernetesWatchEvent, any Error>

    /// The last lines of a container's log; throws `notFound` or `invalid` while there is none.
    func podLog(_ pod: String, namespace: String, options: PodLogOptions) async throws -> String

    /// A container's log piece by piece, cut anywhere, as it comes. Nothing more is read before `take` has returned, so that
    /// a slow taker slows the server down and nothing piles up.
    ///
    /// Returns at the log's end; with `PodLogOptions.follow` that is when the container has ended, or when the server ends
    /// it for reasons of its own. Ends with `timeout` after `limit`, and with what `take` throws. Cancelling ends it at once.
    func readPodLog(
        _ pod: String,
        namespace: String,
        options: PodLogOptions,
        within limit: Duration,
        _ take: @escaping @Sendable (_ piece: [UInt8]) async throws -> Void
    ) async throws

    /// The server's version; the cheapest proof that it answers.
    func version() async throws -> KubernetesVersion

    /// The version in which the server would serve an API group; throws `notFound` where it does not know it.
    func preferredVersion(ofGroup group: String) async throws -> String?
}

extension KubernetesAPI {
    /// Nil: implementations without groups of their own cannot tell.
    package func preferredVersion(ofGroup group: String) async throws -> String? { nil }

    /// The object as it is now, or nil where there is none.
    package func getIfPresent(
        _ type: ResourceType,
        _ name: String,
        namespace: String? = nil
    ) async throws -> KubernetesObject? {
        do {
            return try await get(type, name, namespace: namespace)
        } catch let error as KubernetesError where error.code == .notFound {
            return nil
        }
    }

    /// The object as it is now; throws `notFound`.
    package func get(_ type: ResourceType, _ name: String) async throws -> KubernetesObject {
        try await get(type, name, namespace: nil)
    }

    /// Every object that matches, read page by page; all pages are of one moment (a page too late throws `gone`).
    package func listAll(
        _ type: ResourceType,
        namespace: String? = nil,
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        pageSize: Int = 500
    ) async throws -> KubernetesList {
        var options = ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector, limit: pageSize)
        var items: [KubernetesObject] = []
        while true {
            let page = try await list(type, namespace: namespace, options: options)
            items += page.items
            guard let next = page.continuation else {
                return KubernetesList(items: items, resourceVersion: page.resourceVersion)
            }
            options.continuation = next
        }
    }

    /// Asks for deletion in the background, whatever object has the name; absent is success.
    package func delete(_ type: ResourceType, _ name: String, namespace: String? = nil) async throws {
        try await delete(type, name, namespace: namespace, options: DeleteOptions())
    }
}
