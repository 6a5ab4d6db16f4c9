import KubernetesClient
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    @Suite(.serialized) struct StoreLifeTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test func `a store is created, sells, is secured, is deleted, and its name is free again`() async throws {
            let name = Platform.name("demo")
            let clock = ContinuousClock()
            _ = try await platform.call(.GET, "/api/me")
            let asked = clock.now
            let accepted = try await platform.call(
                .POST,
                "/api/stores",
                #"{"name": "\#(name)", "engine": "woocommerce"}"#
            )
            let answered = clock.now - asked
            try #require(accepted.status == 202, "\(accepted.text)")
            #expect(answered < .milliseconds(200), "accepted after \(answered)")
            let id = try #require(try accepted.json.at("store.id")?.stringValue)
            #expect(accepted.headers.first(name: "Location") == "/api/stores/\(id)")

            let store = try await platform.wait(for: id, "READY")

            let conditions = store["conditions"]?.arrayValue ?? []
            #expect(conditions.count == 7)
            #expect(conditions.allSatisfy { $0["status"]?.stringValue == "True" })
            let shop = try await platform.shop(name, "/shop/")
            #expect(shop.status == 200)
            #expect(shop.text.contains("add_to_cart_button"))
            try await expectSecured(name)
            let events = try await platform.call(.GET, "/api/stores/\(id)/events").json["items"]?.arrayValue ?? []
            let names = events.compactMap { $0["event"]?.stringValue }
            #expect(names.contains("provisioned") && names.contains("namespaceSecured"), "\(names)")

            try await platform.delete(id, name)

            let again = try await platform.create(name)
            #expect(again != id)
            try await platform.wait(for: again, "READY")
            try await platform.delete(again, name)
        }

        private func expectSecured(_ name: String) async throws {
            let namespace = "store-\(name)"
            let quotas = try await platform.kubernetes.listAll(.resourceQuotas, namespace: namespace).items
            let hard = try #require(quotas.first).json.at("spec.hard")
            #expect(hard?["requests.cpu"]?.stringValue == "2")
            #expect(hard?["requests.memory"]?.stringValue == "4Gi")
            #expect(hard?["requests.storage"]?.stringValue == "10Gi")
            #expect(hard?["persistentvolumeclaims"]?.stringValue == "5")
            #expect(try await platform.kubernetes.listAll(.limitRanges, namespace: namespace).items.isEmpty == false)
            #expect(try await platform.kubernetes.listAll(.networkPolicies, namespace: namespace).items.count >= 2)
        }

        @Test func `five stores at once each get a namespace of their own`() async throws {
            let names = (1...5).map { Platform.name("five\($0)") }
            var ids: [(id: String, name: String)] = []
            for name in names { ids.append((try await platform.create(name), name)) }

            for (id, name) in ids {
                let store = try await platform.wait(for: id, "READY", within: .seconds(300))
                #expect(store["namespace"]?.stringValue == "store-\(name)")
                #expect(try await platform.shop(name, "/shop/").status == 200)
            }

            try await withThrowingTaskGroup { group in
                for (id, name) in ids {
                    group.addTask { try await platform.delete(id, name, within: .seconds(240)) }
                }
                try await group.waitForAll()
            }
        }

        @Test func `deleting a store that is still being made wins`() async throws {
            let name = Platform.name("early")
            let id = try await platform.create(name)
            try await platform.wait(for: id, "PROVISIONING", within: .seconds(30))

            try await platform.delete(id, name)
        }
    }
}
