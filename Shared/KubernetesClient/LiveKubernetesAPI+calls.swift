import NIOCore
import NIOHTTP1
package import ServiceRuntime

extension LiveKubernetesAPI {
    package func get(_ type: ResourceType, _ name: String, namespace: String?) async throws -> KubernetesObject {
        try await object(.GET, RequestPath(type, namespace: namespace, name: name))
    }

    package func list(
        _ type: ResourceType,
        namespace: String?,
        options: ListOptions
    ) async throws -> KubernetesList {
        let path = RequestPath(type, namespace: namespace)
            .adding("labelSelector", options.labelSelector)
            .adding("fieldSelector", options.fieldSelector)
            .adding("limit", options.limit.map(String.init))
            .adding("continue", options.continuation)
        let answer = try await call(.GET, path)
        return try KubernetesList(answer: Self.decode(answer.body.readableBytesView), of: type)
    }

    package func create(_ object: KubernetesObject, as type: ResourceType) async throws -> KubernetesObject {
        try await self.object(.POST, RequestPath(type, namespace: object.namespace), body: object.json)
    }

    package func apply(
        _ object: KubernetesObject,
        as type: ResourceType,
        fieldManager: String,
        force: Bool
    ) async throws -> KubernetesObject {
        let path = RequestPath(type, namespace: object.namespace, name: object.name)
            .adding("fieldManager", fieldManager)
            .adding("force", String(force))
        return try await self.object(.PATCH, path, body: object.json, contentType: .apply)
    }

    package func mergePatch(
        _ type: ResourceType,
        _ name: String,
        namespace: String?,
        patch: JSONValue
    ) async throws -> KubernetesObject {
        let path = RequestPath(type, namespace: namespace, name: name)
        return try await object(.PATCH, path, body: patch, contentType: .mergePatch)
    }

    package func delete(
        _ type: ResourceType,
        _ name: String,
        namespace: String?,
        options: DeleteOptions
    ) async throws {
        var body: JSONValue = [
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": .string(options.propagation.rawValue),
        ]
        if let uid = options.uid { body["preconditions"] = ["uid": .string(uid)] }
        if let seconds = options.gracePeriodSeconds { body["gracePeriodSeconds"] = .integer(Int64(seconds)) }
        do {
            _ = try await call(.DELETE, RequestPath(type, namespace: namespace, name: name), body: body)
        } catch let error as KubernetesError where error.code == .notFound {
            return
        }
    }

    package func version() async throws -> KubernetesVersion {
        let answer = try await call(.GET, RequestPath(path: "/version"))
        return try KubernetesVersion(answer: Self.decode(answer.body.readableBytesView))
    }

    package func preferredVersion(ofGroup group: String) async throws -> String? {
        let answer = try await call(.GET, RequestPath(path: "/apis").appending(group))
        return try Self.decode(answer.body.readableBytesView).at("preferredVersion.version")?.stringValue
    }

    private func object(
        _ method: HTTPMethod,
        _ path: RequestPath,
        body: JSONValue? = nil,
        contentType: ContentType = .json
    ) async throws -> KubernetesObject {
        let answer = try await call(method, path, body: body, contentType: contentType)
        return KubernetesObject(try Self.decode(answer.body.readableBytesView))
    }
}

extension KubernetesList {
    /// Reads a list as the server sends it: its items come without apiVersion and kind, and get them here.
    init(answer: JSONValue, of type: ResourceType) throws {
        guard let items = answer["items"]?.arrayValue ?? (answer["items"]?.isNull == true ? [] : nil) else {
            throw KubernetesError(code: .malformed, message: "Kubernetes answered a list without items")
        }
        let continuation = answer.at("metadata.continue")?.stringValue
        self.init(
            items: items.map { item in
                var item = item
                if item["kind"] == nil { item["kind"] = .string(type.kind) }
                if item["apiVersion"] == nil { item["apiVersion"] = .string(type.apiVersion) }
                return KubernetesObject(item)
            },
            resourceVersion: answer.at("metadata.resourceVersion")?.stringValue ?? "",
            continuation: continuation.flatMap { $0.isEmpty ? nil : $0 }
        )
    }
}

extension KubernetesVersion {
    /// Reads `/version`; some providers write the minor version as `27+`.
    init(answer: JSONValue) throws {
        func number(_ key: String) -> Int? {
            answer[key]?.stringValue.flatMap { Int($0.prefix { $0.isNumber }) }
        }
        guard let major = number("major"), let minor = number("minor") else {
            throw KubernetesError(code: .malformed, message: "Kubernetes answered without a version")
        }
        self.init(major: major, minor: minor, name: answer["gitVersion"]?.stringValue ?? "v\(major).\(minor)")
    }
}
