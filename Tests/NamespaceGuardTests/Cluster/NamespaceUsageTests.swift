import Foundation
import KubernetesClient
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation
import TestSupport
import Testing

@testable import NamespaceGuard

@Suite(.timeLimit(.minutes(1))) struct NamespaceUsageTests {
    private let fixture: GuardFixture

    init() throws { fixture = try GuardFixture() }

    private func usage(_ store: StoreID? = nil, namespace: String = "store-demo") async throws -> NamespaceUsage {
        let request = WorkloadRequest(storeID: store ?? fixture.store, namespace: namespace)
        return try await fixture.bus.call(Subjects.Cluster.usage(fixture.region), request, timeout: .seconds(5))
    }

    /// Nil while nobody answers yet.
    private func answer() async throws -> NamespaceUsage? {
        do {
            return try await usage()
        } catch let error as BusError where error.code == .noResponders {
            return nil
        }
    }

    private func makeNamespace() async throws {
        let tenant = TenantNamespace(storeID: fixture.store, name: fixture.name, region: fixture.region, plan: .small)
        let namespace = KubernetesObject(.namespaces, name: "store-demo", labels: TenantLabels.labels(of: tenant))
        _ = try await fixture.api.create(namespace, as: .namespaces)
    }

    private func makeQuota(used: JSONValue) async throws {
        let status: JSONValue = [
            "hard": ["requests.memory": "4Gi", "requests.cpu": "2", "persistentvolumeclaims": "5", "odd": "many"],
            "used": used,
        ]
        let quota = KubernetesObject(
            .resourceQuotas,
            name: DesiredIsolation.quotaName,
            namespace: "store-demo",
            content: ["status": status]
        )
        _ = try await fixture.api.create(quota, as: .resourceQuotas)
    }

    @Test func `a quota's status is told in Kubernetes' words and in numbers`() async throws {
        try await makeNamespace()
        try await makeQuota(
            used: ["requests.memory": "640Mi", "requests.cpu": "150m", "persistentvolumeclaims": "2", "odd": "x"]
        )
        try await fixture.run { _ in
            try await eventually("an answer") { try await answer() != nil }
            let resources = try await usage().resources
            #expect(resources.map(\.resource) == ["persistentvolumeclaims", "requests.cpu", "requests.memory"])
            #expect(resources.map(\.used) == ["2", "150m", "640Mi"])
            #expect(resources.map(\.usedValue) == [2, 0.15, 671_088_640])
            #expect(resources.map(\.hardValue) == [5, 2, 4_294_967_296])
        }
    }

    @Test func `where nothing is counted yet, or the namespace is another's, nothing is told`() async throws {
        try await makeNamespace()
        try await makeQuota(used: [:])
        let other = try GuardFixture.otherStore()
        try await fixture.run { _ in
            try await eventually("an answer") { try await answer() != nil }
            #expect(try await usage().resources.isEmpty)
            #expect(try await usage(other).resources.isEmpty)
            #expect(try await usage(namespace: "kube-system").resources.isEmpty)
        }
    }

    @Test func `a cluster that is away is said to be`() async throws {
        try await makeNamespace()
        try await fixture.run { fixture in
            try await eventually("an answer") { try await answer() != nil }
            fixture.api.setOutage(KubernetesError(code: .unreachable, message: "away"))
            let fault = await #expect(throws: ServiceFault.self) { try await usage() }
            #expect(fault?.code == .serviceUnavailable)
        }
    }
}
