import KubernetesClient
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation
import TestSupport
import Testing

@testable import NamespaceGuard

@Suite struct SecureNamespaceTests {
    private let fixture: GuardFixture

    init() throws { fixture = try GuardFixture() }

    @Test func `makes the namespace with everything that belongs in it, and says so`() async throws {
        try await fixture.run { fixture in
            try await fixture.bus.send(fixture.command(.ensure), key: "1")

            let fact = try await fixture.fact(.namespaceSecured)

            let namespace = try #require(try await fixture.namespace())
            #expect(namespace.labels["store-platform/store-id"] == fixture.store.description)
            #expect(namespace.annotations["store-platform/secured"] == "1")
            #expect(fact.metadata["namespace"] == "store-demo")
            #expect(try #require(fact.duration) >= 0)
            let tenant = TenantNamespace(
                storeID: fixture.store,
                name: fixture.name,
                region: fixture.region,
                plan: .small
            )
            for entry in DesiredIsolation.objects(for: tenant) {
                let found = try await fixture.api.get(
                    entry.type,
                    entry.object.name,
                    namespace: entry.type.namespaced ? "store-demo" : nil
                )
                #expect(!IsolationDrift(desired: entry.object, observed: found).exists)
            }
        }
    }

    @Test func `a command that comes again changes nothing`() async throws {
        try await fixture.run { fixture in
            try await fixture.bus.send(fixture.command(.ensure), key: "1")
            _ = try await fixture.fact(.namespaceSecured)
            try await eventually("it is secured") {
                try await fixture.namespace()?.annotations["store-platform/secured"] == "1"
            }
            let before = fixture.api.calls.filter { !$0.contains("serviceaccounts") }.count

            try await fixture.bus.send(fixture.command(.ensure, generation: 2), key: "1")
            _ = try await fixture.fact(.namespaceSecured, generation: 2)

            let after = fixture.api.calls.filter { !$0.contains("serviceaccounts") }
            #expect(Array(after.dropFirst(before)) == ["patch namespaces store-demo"])
        }
    }

    @Test func `failure mode 13: says nothing before the quota counts and the service account is there`() async throws {
        let command = fixture.command(.ensure)
        let facts = try await fixture.facts(of: command)

        let first = try await fixture.securing(patience: .milliseconds(50)).run(command, facts: facts)

        #expect(first == .later(after: nil))
        #expect(try await fixture.fact(.progressed).metadata["reason"] == "NamespaceNotUsable")
        #expect(try await fixture.namespace()?.annotations["store-platform/secured"] == nil)
        let second = try await fixture.withControllers { try await $0.securing().run(command, facts: facts) }
        #expect(second == .done)
        _ = try await fixture.fact(.namespaceSecured)
    }

    @Test func `puts right what someone changed, and nothing else`() async throws {
        let command = fixture.command(.ensure)
        let facts = try await fixture.facts(of: command)
        _ = try await fixture.withControllers { try await $0.securing().run(command, facts: facts) }
        _ = try await fixture.api.mergePatch(
            .resourceQuotas,
            "store",
            namespace: "store-demo",
            patch: ["spec": ["hard": ["requests.cpu": "64"]]]
        )
        try await fixture.api.delete(.networkPolicies, "default-deny-ingress", namespace: "store-demo")

        let again = fixture.command(.ensure, generation: 2)
        let outcome = try await fixture.withControllers {
            try await $0.securing().run(again, facts: try await $0.facts(of: again))
        }

        #expect(outcome == .done)
        let fact = try await fixture.fact(.namespaceSecured, generation: 2)
        #expect(fact.metadata["applied"] == ["NetworkPolicy default-deny-ingress", "ResourceQuota store"])
        let quota = try await fixture.api.get(.resourceQuotas, "store", namespace: "store-demo")
        #expect(quota.json.at(["spec", "hard", "requests.cpu"]) == "2")
    }

    @Test func `a namespace that is not the platform's stays as it is, and the store fails with the reason`()
        async throws
    {
        try await fixture.place(owner: nil)
        let before = try await fixture.namespace()
        let command = fixture.command(.ensure)

        let outcome = try await fixture.securing().run(command, facts: try await fixture.facts(of: command))

        let fact = try await fixture.fact(.provisioningFailed)
        #expect(outcome == .done)
        #expect(fact.failure?.code == .namespaceConflict)
        #expect(fact.failure?.step == .ensureNamespace)
        #expect(fact.message.contains("does not belong to the platform"))
        #expect(try await fixture.namespace() == before)
    }

    @Test func `a namespace of another store stays as it is`() async throws {
        try await fixture.place(owner: try GuardFixture.otherStore())
        let before = try await fixture.namespace()
        let command = fixture.command(.ensure)

        _ = try await fixture.securing().run(command, facts: try await fixture.facts(of: command))

        #expect(
            try await fixture.fact(.provisioningFailed).message.contains("another store (01ARYZ6S41TSV4RRFFQ69G5FAW)")
        )
        #expect(try await fixture.namespace() == before)
    }

    @Test func `failure mode 2: waits for an older namespace of the name to go, then makes its own`() async throws {
        try await fixture.place(owner: try GuardFixture.otherStore(), finalizers: ["test/hold"])
        try await fixture.api.delete(.namespaces, "store-demo")
        try await fixture.run { fixture in
            try await fixture.bus.send(fixture.command(.ensure), key: "1")
            #expect(try await fixture.fact(.progressed).metadata["reason"] == "NamespaceTerminating")

            try await fixture.removeFinalizers()

            _ = try await fixture.fact(.namespaceSecured)
            #expect(
                try await fixture.namespace()?.labels["store-platform/store-id"] == fixture.store.description
            )
        }
    }

    @Test func `a namespace that was replaced while it was being secured is not marked as secured`() async throws {
        let command = fixture.command(.ensure)
        try await fixture.place(owner: fixture.store)
        let facts = try await fixture.facts(of: command)
        let working = Task { [fixture] in try await fixture.securing().run(command, facts: facts) }
        // Everything is applied, and the quota is waited for: now the namespace becomes another one.
        try await eventually("it is applied") { fixture.api.calls.contains("apply resourcequotas store-demo/store") }
        try await fixture.api.delete(.namespaces, "store-demo")
        try await fixture.place(owner: try GuardFixture.otherStore())
        let quota: JSONValue = ["hard": ["pods": "1"]]
        _ = try await fixture.api.create(
            KubernetesObject(
                .resourceQuotas,
                name: "store",
                namespace: "store-demo",
                content: ["spec": quota, "status": quota]
            ),
            as: .resourceQuotas
        )
        _ = try await fixture.api.create(
            KubernetesObject(.serviceAccounts, name: "default", namespace: "store-demo"),
            as: .serviceAccounts
        )

        #expect(try await working.value == .later(after: .milliseconds(200)))

        #expect(try await fixture.namespace()?.annotations["store-platform/secured"] == nil)
    }
}
