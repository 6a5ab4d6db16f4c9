import Foundation
import ServiceRuntime
import Testing

@testable import KubernetesClient

/// On a real cluster: the one that KUBECONFIG names.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["KUBECONFIG"] != nil), .timeLimit(.minutes(3)))
struct LiveKubernetesAPITests {
    private let api: LiveKubernetesAPI

    init() throws {
        let environment = ProcessInfo.processInfo.environment
        let configuration = try #require(
            KubernetesConfiguration(kubeconfig: environment["KUBECONFIG"], environment: environment)
        )
        api = LiveKubernetesAPI(configuration: configuration)
    }

    private func inNamespace(_ body: (String) async throws -> Void) async throws {
        let name = "client-\(UUID().uuidString.lowercased().prefix(8))"
        _ = try await api.create(KubernetesObject(.namespaces, name: name), as: .namespaces)
        let result: Result<Void, any Error>
        do { result = .success(try await body(name)) } catch { result = .failure(error) }
        try await api.delete(.namespaces, name)
        try result.get()
        await api.close()
    }

    private func configMap(_ name: String, _ namespace: String, _ value: JSONValue) -> KubernetesObject {
        KubernetesObject(.configMaps, name: name, namespace: namespace, content: ["data": ["key": value]])
    }

    @Test func `the server tells its version`() async throws {
        #expect(try await api.version().minor >= 20)
        await api.close()
    }

    @Test func `objects are created once, applied, patched and deleted`() async throws {
        try await inNamespace { namespace in
            let created = try await api.create(configMap("a", namespace, "1"), as: .configMaps)
            #expect(!created.uid.isEmpty)
            let again = await #expect(throws: KubernetesError.self) {
                try await api.create(configMap("a", namespace, "2"), as: .configMaps)
            }
            #expect(again?.code == .alreadyExists)

            let applied = try await api.apply(
                configMap("b", namespace, "x"),
                as: .configMaps,
                fieldManager: "test",
                force: true
            )
            let reapplied = try await api.apply(
                configMap("b", namespace, "x"),
                as: .configMaps,
                fieldManager: "test",
                force: true
            )
            #expect(applied.resourceVersion == reapplied.resourceVersion)

            let patched = try await api.mergePatch(
                .configMaps,
                "a",
                namespace: namespace,
                patch: ["metadata": ["labels": ["l": "v"]], "data": ["key": nil]]
            )
            #expect(patched.labels == ["l": "v"])
            #expect(patched["data"]?["key"] == nil)

            let wrong = await #expect(throws: KubernetesError.self) {
                try await api.delete(.configMaps, "a", namespace: namespace, options: DeleteOptions(uid: applied.uid))
            }
            #expect(wrong?.code == .conflict)
            try await api.delete(.configMaps, "a", namespace: namespace)
            try await api.delete(.configMaps, "a", namespace: namespace)
            #expect(try await api.getIfPresent(.configMaps, "a", namespace: namespace) == nil)
        }
    }

    @Test func `a long list comes in pages, and selectors hold`() async throws {
        try await inNamespace { namespace in
            for number in 0..<7 {
                var object = configMap("m\(number)", namespace, "x")
                object.json.set(
                    ["metadata", "labels", "parity"],
                    to: .string(number.isMultiple(of: 2) ? "even" : "odd")
                )
                _ = try await api.create(object, as: .configMaps)
            }
            let even = try await api.listAll(
                .configMaps,
                namespace: namespace,
                labelSelector: "parity=even",
                pageSize: 2
            )
            #expect(even.items.map(\.name) == ["m0", "m2", "m4", "m6"])
        }
    }

    @Test func `a watch tells of changes`() async throws {
        try await inNamespace { namespace in
            let start = try await api.listAll(.configMaps, namespace: namespace)
            _ = try await api.create(configMap("w", namespace, "1"), as: .configMaps)
            try await api.delete(.configMaps, "w", namespace: namespace)
            var seen: [String] = []
            let options = WatchOptions(resourceVersion: start.resourceVersion, timeout: .seconds(20))
            for try await event in api.watch(.configMaps, namespace: namespace, options: options) {
                switch event {
                case .added(let object) where object.name == "w": seen.append("added")
                case .deleted(let object) where object.name == "w": seen.append("deleted")
                default: break
                }
                if seen.count == 2 { break }
            }
            #expect(seen == ["added", "deleted"])
        }
    }

    @Test func `a name that is no DNS label is invalid and a missing object notFound`() async throws {
        try await inNamespace { namespace in
            let invalid = await #expect(throws: KubernetesError.self) {
                try await api.create(configMap("Not_Valid", namespace, "1"), as: .configMaps)
            }
            #expect(invalid?.code == .invalid)
            let missing = await #expect(throws: KubernetesError.self) {
                try await api.get(.pods, "none", namespace: namespace)
            }
            #expect(missing?.code == .notFound)
        }
    }

    @Test func `a wrong token is unauthorized`() async throws {
        let path = try #require(ProcessInfo.processInfo.environment["KUBECONFIG"])
        let endpoint = try KubeconfigFile(path: path).endpoint(context: nil)
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("kubeconfig-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try KubeconfigWriter.text(server: endpoint.server, token: "wrong").write(
            to: url,
            atomically: true,
            encoding: .utf8
        )
        let stranger = LiveKubernetesAPI(configuration: .kubeconfig(path: url.path, context: nil))
        let error = await #expect(throws: KubernetesError.self) {
            try await stranger.list(.pods, namespace: nil, options: ListOptions())
        }
        #expect(error?.code == .unauthorized)
        await stranger.close()
        await api.close()
    }
}
