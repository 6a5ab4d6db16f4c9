import KubernetesClient
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation
import TestSupport
import Testing

@testable import NamespaceGuard

@Suite(.timeLimit(.minutes(1))) struct ClusterRequestsTests {
    private let fixture: GuardFixture

    init() throws { fixture = try GuardFixture() }

    /// What is answered about the capacity; nil while the guard has nothing to say.
    private func capacity() async throws -> RegionCapacity? {
        do {
            return try await fixture.bus.call(Subjects.Cluster.capacity(fixture.region), timeout: .seconds(5))
        } catch let fault as ServiceFault where fault.code == .serviceUnavailable {
            return nil
        } catch let error as BusError where error.code == .noResponders {
            return nil
        }
    }

    private func inventory() async throws -> RegionInventory {
        try await fixture.bus.call(Subjects.Cluster.inventory(fixture.region), timeout: .seconds(5))
    }

    private func node() -> KubernetesObject {
        let status: JSONValue = [
            "allocatable": ["cpu": "2", "memory": "4Gi", "pods": "10"],
            "conditions": [["type": "Ready", "status": "True"]],
        ]
        return KubernetesObject(.nodes, name: "a", content: ["status": status])
    }

    @Test func `tells what the cluster has to give and whose namespaces are there, as it changes`() async throws {
        let tenant = TenantNamespace(storeID: fixture.store, name: fixture.name, region: fixture.region, plan: .small)
        _ = try await fixture.api.create(node(), as: .nodes)
        try await fixture.run(guards: 2) { fixture in
            try await eventually("it is seen") { try await capacity()?.nodes.map(\.freePods) == [10] }
            let labels = TenantLabels.labels(of: tenant)
            for object in [
                KubernetesObject(.namespaces, name: "store-demo", labels: labels),
                KubernetesObject(.namespaces, name: "store-foreign"),
            ] { _ = try await fixture.api.create(object, as: .namespaces) }
            let pod = KubernetesObject(
                .pods,
                name: "p",
                namespace: "store-demo",
                content: ["spec": ["nodeName": "a", "containers": []], "status": ["phase": "Running"]]
            )
            _ = try await fixture.api.create(pod, as: .pods)

            try await eventually("its place is taken") { try await capacity()?.nodes.map(\.freePods) == [9] }
            try await eventually("it is listed") { try await inventory().namespaces.map(\.name) == ["store-demo"] }
            let owners = try await inventory().namespaces.map(\.storeID)
            #expect(owners == [fixture.store])
        }
    }

    @Test func `while the cluster is away nothing is claimed, and afterwards it is without anything having changed`()
        async throws
    {
        try await fixture.run { fixture in
            try await eventually("it is seen") { try await capacity() != nil }
            fixture.api.setOutage(KubernetesError(code: .unreachable, message: "away"))
            try await eventually("no answer") { try await capacity() == nil }

            fixture.api.setOutage(nil)

            try await eventually("an answer again") { try await capacity() != nil }
        }
    }
}
