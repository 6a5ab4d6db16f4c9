import KubernetesClient
import ServiceRuntime
import StoreDomain
import TenantIsolation
import Testing

@Suite struct NamespaceOwnershipTests {
    private let store: StoreID

    init() throws { store = try #require(StoreID("01ARYZ6S41TSV4RRFFQ69G5FAV")) }

    private func namespace(_ labels: [String: String]) -> KubernetesObject {
        KubernetesObject(.namespaces, name: "store-demo", labels: labels)
    }

    @Test func `the labels decide, never the name`() throws {
        let other = try #require(StoreID("01ARYZ6S41TSV4RRFFQ69G5FAW"))

        #expect(NamespaceOwnership(of: namespace([:]), for: store) == .foreign)
        #expect(
            NamespaceOwnership(
                of: namespace([TenantLabels.managedBy: "Helm", TenantLabels.storeID: store.description]),
                for: store
            ) == .foreign
        )
        #expect(
            NamespaceOwnership(
                of: namespace([TenantLabels.managedBy: "store-platform", TenantLabels.storeID: other.description]),
                for: store
            ) == .otherStore(other)
        )
        #expect(
            NamespaceOwnership(of: namespace([TenantLabels.managedBy: "store-platform"]), for: store)
                == .otherStore(nil)
        )
        #expect(
            NamespaceOwnership(
                of: namespace([TenantLabels.managedBy: "store-platform", TenantLabels.storeID: store.description]),
                for: store
            ) == .ours
        )
    }
}
