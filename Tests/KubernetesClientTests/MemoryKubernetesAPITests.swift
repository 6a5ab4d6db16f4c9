import ServiceRuntime
import Testing

@testable import KubernetesClient

@Suite struct MemoryKubernetesAPITests {
    private let api = MemoryKubernetesAPI()

    @Test func `nothing is created in a namespace that isn't there`() async throws {
        let error = await #expect(throws: KubernetesError.self) {
            try await api.create(KubernetesObject(.secrets, name: "s", namespace: "x"), as: .secrets)
        }
        #expect(error?.code == .notFound)
    }

    @Test func `a namespace with a finalizer stays, refuses content, and goes when it is let go`() async throws {
        var namespace = KubernetesObject(.namespaces, name: "x")
        namespace.json.set(["metadata", "finalizers"], to: ["hold"])
        _ = try await api.create(namespace, as: .namespaces)
        _ = try await api.create(KubernetesObject(.secrets, name: "s", namespace: "x"), as: .secrets)
        try await api.delete(.namespaces, "x")
        #expect(try await api.get(.namespaces, "x").isTerminating)
        let error = await #expect(throws: KubernetesError.self) {
            try await api.create(KubernetesObject(.secrets, name: "t", namespace: "x"), as: .secrets)
        }
        #expect(error?.code == .namespaceTerminating)
        _ = try await api.mergePatch(
            .namespaces,
            "x",
            namespace: nil,
            patch: ["metadata": ["finalizers": nil]]
        )
        #expect(try await api.getIfPresent(.namespaces, "x") == nil)
        #expect(try await api.getIfPresent(.secrets, "s", namespace: "x") == nil)
    }

    @Test func `selectors choose by labels and fields`() async throws {
        for (name, color) in [("a", "red"), ("b", "blue")] {
            let object = KubernetesObject(.pods, name: name, namespace: "default", labels: ["color": color])
            _ = try await api.create(object, as: .pods)
        }
        #expect(try await api.listAll(.pods, labelSelector: "color=red").items.map(\.name) == ["a"])
        #expect(try await api.listAll(.pods, labelSelector: "color!=red").items.map(\.name) == ["b"])
        #expect(try await api.listAll(.pods, labelSelector: "color,!size").items.count == 2)
        #expect(try await api.listAll(.pods, fieldSelector: "metadata.name=b").items.map(\.name) == ["b"])
    }
}
