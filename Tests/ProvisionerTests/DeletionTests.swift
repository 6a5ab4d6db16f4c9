import Helm
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

@Suite(.timeLimit(.minutes(1))) struct DeletionTests {
    @Test func `what there is is told before, and what is left to the namespace after`() async throws {
        let bench = try Workbench()
        try await bench.withStore { command, _ in
            let claim = KubernetesObject(
                .persistentVolumeClaims,
                name: "store-mysql",
                namespace: command.namespace,
                content: ["spec": ["volumeName": "pv-7"]]
            )
            _ = try await bench.api.create(claim, as: .persistentVolumeClaims)
            try await bench.send(try Fixtures.command(.delete, generation: 2, id: command.storeID))
            let facts = try await bench.facts(of: command.storeID, until: .releaseUninstalled, generation: 2)
            let before = try #require(facts.first { $0.kind == .deletionStarted })
            #expect(before.metadata["releaseRevisions"] == ["sh.helm.release.v1.store.v1"])
            #expect(before.metadata["workloads"] == ["store-wordpress"])
            #expect(before.metadata["jobs"] == ["store-setup-1"])
            #expect(before.metadata["ingresses"] == ["store-wordpress"])
            #expect(before.metadata["secrets"] == ["store-secrets"])
            #expect(before.metadata["volumes"] == [["claim": "store-mysql", "volume": "pv-7"]])
            #expect(before.message.contains("1 volume, 1 ingress, 1 Secret"))
            let after = try #require(facts.last)
            #expect(after.metadata["releaseRevisions"] == [])
            #expect(after.metadata["workloads"] == [])
            #expect(after.message == "The release is removed; the namespace takes the rest: 1 volume, 1 Secret.")
        }
    }

    @Test func `a deletion while the cluster is away waits and ends`() async throws {
        let bench = try Workbench()
        try await bench.withStore { command, _ in
            bench.api.setOutage(KubernetesError(code: .unreachable, message: "Kubernetes cannot be reached"))
            try await bench.send(try Fixtures.command(.delete, generation: 2, id: command.storeID))
            let waiting = try await bench.facts(of: command.storeID, until: .progressed, generation: 2)
            #expect(!waiting.contains { $0.kind == .deletionStarted })
            bench.api.setOutage(nil)
            try await bench.facts(of: command.storeID, until: .releaseUninstalled, generation: 2)
            while try await bench.api.getIfPresent(.namespaces, command.namespace) != nil {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test func `a namespace that belongs to something else is not touched`() async throws {
        let bench = try Workbench()
        let command = try Fixtures.command(.delete, generation: 2)
        let foreign = KubernetesObject(.namespaces, name: command.namespace)
        _ = try await bench.api.create(foreign, as: .namespaces)
        let release = KubernetesObject(
            .secrets,
            name: "sh.helm.release.v1.store.v1",
            namespace: command.namespace,
            labels: ["owner": "helm", "name": "store", "version": "1", "status": "deployed"]
        )
        _ = try await bench.api.create(release, as: .secrets)
        let task = try bench.startProvisioner()
        defer { task.cancel() }
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .releaseUninstalled, generation: 2)
        #expect(bench.helm.uninstalls == 0)
        #expect(try await bench.api.getIfPresent(.secrets, release.name, namespace: command.namespace) != nil)
    }

    @Test func `a chart that renders nothing is refused before anything is made`() async throws {
        let bench = try Workbench()
        bench.helm.setManifest([HelmObject(apiVersion: "v1", kind: "ConfigMap", name: "c")])
        try await bench.withStore(until: .provisioningFailed) { command, facts in
            #expect(facts.last?.failure?.code == .helmFailed)
            #expect(facts.last?.failure?.step == .installRelease)
            #expect(facts.last?.failure?.message.contains("the chart renders nothing to run") == true)
            #expect(bench.helm.upgrades == 0)
            let namespace = try await bench.api.getIfPresent(.namespaces, command.namespace)
            #expect(namespace == nil)
        }
    }
}
