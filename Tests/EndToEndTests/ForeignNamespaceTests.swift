import Foundation
import KubernetesClient
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    /// A namespace that has the name of a store's, and is somebody else's.
    @Suite(.serialized) struct ForeignNamespaceTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test func `a namespace of someone else is a conflict, is left as it is, and outlives the store`() async throws
        {
            let name = Platform.name("dia-foreign")
            let namespace = "store-\(name)"
            let kubernetes = platform.kubernetes
            let before = try await kubernetes.create(
                KubernetesObject(.namespaces, name: namespace, labels: ["owner": "somebody"]),
                as: .namespaces
            )
            _ = try await kubernetes.create(
                KubernetesObject(.configMaps, name: "theirs", namespace: namespace, content: ["data": ["a": "b"]]),
                as: .configMaps
            )
            let id = try await platform.create(name)

            let store = try await platform.wait(for: id, "FAILED", within: .seconds(60))

            #expect(store.at("failure.code")?.stringValue == "NAMESPACE_CONFLICT", "\(store)")
            try await expectUntouched(before)
            let answer = try await platform.call(.DELETE, "/api/stores/\(id)")
            #expect(answer.status == 202, "\(answer.text)")
            let gone = try await platform.poll(within: .seconds(60)) {
                try await platform.call(.GET, "/api/stores/\(id)").status == 404
            }
            #expect(gone)
            try await expectUntouched(before)
            try await kubernetes.delete(.namespaces, namespace)
        }

        private func expectUntouched(_ before: KubernetesObject) async throws {
            let now = try await platform.kubernetes.get(.namespaces, before.name)
            #expect(now.uid == before.uid)
            #expect(!now.isTerminating)
            #expect(now.labels["owner"] == "somebody")
            #expect(!now.labels.keys.contains { $0.hasPrefix("store-platform/") }, "\(now.labels)")
            let made = try await platform.kubernetes.listAll(.secrets, namespace: before.name).items.map(\.name)
            #expect(!made.contains { $0 == "store-secrets" || $0.hasPrefix("sh.helm.") }, "\(made)")
            #expect(try await platform.kubernetes.listAll(.resourceQuotas, namespace: before.name).items.isEmpty)
            _ = try await platform.kubernetes.get(.configMaps, "theirs", namespace: before.name)
        }
    }
}
