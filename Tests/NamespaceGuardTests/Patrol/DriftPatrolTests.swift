import KubernetesClient
import Logging
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation
import Testing

@testable import NamespaceGuard

@Suite struct DriftPatrolTests {
    private let fixture: GuardFixture
    private let fence: DeletionFence
    private let patrol: DriftPatrol

    init() throws {
        fixture = try GuardFixture()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        fence = DeletionFence(bus: fixture.bus, logger: logger)
        patrol = DriftPatrol(
            region: fixture.region,
            bus: fixture.bus,
            api: fixture.api,
            securing: fixture.securing(),
            fence: fence,
            leases: LeasedWork(bus: fixture.bus, timeToLive: .seconds(10), logger: logger),
            interval: .seconds(1),
            logger: logger
        )
    }

    private func secure() async throws {
        let command = fixture.command(.ensure)
        let facts = try await fixture.facts(of: command)
        _ = try await fixture.withControllers { try await $0.securing().run(command, facts: facts) }
    }

    private func tamper() async throws {
        try await fixture.api.delete(.networkPolicies, "default-deny-ingress", namespace: "store-demo")
        _ = try await fixture.api.mergePatch(
            .namespaces,
            "store-demo",
            namespace: nil,
            patch: ["metadata": ["labels": ["pod-security.kubernetes.io/enforce": "privileged"]]]
        )
    }

    @Test func `puts right what someone changed and tells it once`() async throws {
        try await secure()
        try await tamper()

        try await patrol.patrol()

        let told = try await fixture.fact(.progressed)
        #expect(told.metadata["reason"] == "DriftRepaired")
        #expect(told.message.contains("Namespace store-demo, NetworkPolicy default-deny-ingress"))
        #expect(try await fixture.namespace()?.labels["pod-security.kubernetes.io/enforce"] == "baseline")
        _ = try await fixture.api.get(.networkPolicies, "default-deny-ingress", namespace: "store-demo")
        let calls = fixture.api.calls
        try await patrol.patrol()
        #expect(fixture.api.calls == calls)
    }

    @Test func `leaves alone what is going, foreign, unsecured or fenced`() async throws {
        try await secure()
        try await tamper()
        fence.close(fixture.store, at: 2)
        _ = try await fixture.api.create(KubernetesObject(.namespaces, name: "store-foreign"), as: .namespaces)
        let calls = fixture.api.calls

        try await patrol.patrol()

        #expect(fixture.api.calls == calls)
    }

    @Test func `a namespace is believed only when its labels fit together`() throws {
        let tenant = TenantNamespace(
            storeID: fixture.store,
            name: fixture.name,
            region: fixture.region,
            plan: .small
        )
        let labels = TenantLabels.labels(of: tenant)
        let annotations = [TenantLabels.secured: "7"]
        func namespace(
            _ name: String,
            _ labels: [String: String],
            _ annotations: [String: String]
        ) -> KubernetesObject {
            KubernetesObject(.namespaces, name: name, labels: labels, annotations: annotations)
        }
        var terminating = namespace("store-demo", labels, annotations)
        terminating.json.set(["metadata", "deletionTimestamp"], to: "2026-01-01T00:00:00Z")

        #expect(SecuredNamespace(namespace("store-demo", labels, annotations))?.tenant == tenant)
        #expect(SecuredNamespace(namespace("store-demo", labels, annotations))?.generation == 7)
        #expect(SecuredNamespace(terminating) == nil)
        #expect(SecuredNamespace(namespace("kube-system", labels, annotations)) == nil)
        #expect(SecuredNamespace(namespace("store-demo", labels, [:])) == nil)
        for key in [TenantLabels.managedBy, TenantLabels.storeID, TenantLabels.plan, TenantLabels.region] {
            var broken = labels
            broken[key] = "x.y"
            #expect(SecuredNamespace(namespace("store-demo", broken, annotations)) == nil)
        }
    }
}
