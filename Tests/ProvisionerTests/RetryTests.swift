import Foundation
import Helm
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

@Suite(.timeLimit(.minutes(1))) struct RetryTests {
    @Test func `a set-up that failed is tried again by a revision of its own`() async throws {
        let bench = try Workbench()
        bench.helm.setMakesReady(false)
        let command = try Fixtures.command()
        let tasks = [try await bench.startGuard(), try bench.startProvisioner()]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .releaseInstalled)
        let job = KubernetesObject(
            .jobs,
            name: "store-setup-1",
            namespace: command.namespace,
            content: [
                "status": [
                    "conditions": [
                        ["type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "m"]
                    ]
                ]
            ]
        )
        _ = try await bench.api.create(job, as: .jobs)
        let facts = try await bench.facts(of: command.storeID, until: .provisioningFailed)
        #expect(facts.last?.failure?.code == .setupJobFailed)

        bench.helm.setMakesReady(true)
        try await bench.send(try Fixtures.command(generation: 2, id: command.storeID))
        try await bench.facts(of: command.storeID, until: .provisioned, generation: 2)
        #expect(bench.helm.upgrades == 2)
        #expect(try await bench.api.getIfPresent(.jobs, "store-setup-2", namespace: command.namespace) != nil)
    }

    @Test func `a store that runs is left alone by a newer generation`() async throws {
        let bench = try Workbench()
        let command = try Fixtures.command()
        let tasks = [try await bench.startGuard(), try bench.startProvisioner()]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .provisioned)
        try await bench.send(try Fixtures.command(generation: 2, id: command.storeID))
        try await bench.facts(of: command.storeID, until: .provisioned, generation: 2)
        #expect(bench.helm.upgrades == 1)
    }

    @Test func `what Kubernetes puts off is woken, what runs is not touched`() async throws {
        let api = MemoryKubernetesAPI()
        let command = try Fixtures.command(generation: 3)
        _ = try await api.create(KubernetesObject(.namespaces, name: command.namespace), as: .namespaces)
        func pod(_ name: String, _ state: JSONValue) async throws {
            let status: JSONValue = ["phase": "Pending", "containerStatuses": [["name": "c", "state": state]]]
            let pod = KubernetesObject(.pods, name: name, namespace: command.namespace, content: ["status": status])
            _ = try await api.create(pod, as: .pods)
        }
        try await pod("stuck", ["waiting": ["reason": "ImagePullBackOff"]])
        try await pod("starting", ["waiting": ["reason": "ContainerCreating"]])
        try await pod("running", ["running": [:]])
        for (name, made) in [("refused", 0), ("whole", 1)] {
            let set = KubernetesObject(
                .replicaSets,
                name: name,
                namespace: command.namespace,
                content: ["spec": ["replicas": 1], "status": ["replicas": .integer(Int64(made))]]
            )
            _ = try await api.create(set, as: .replicaSets)
        }
        try await StuckWorkloads(api: api).wake(command)
        #expect(
            try await api.listAll(.pods, namespace: command.namespace).items.map(\.name) == ["running", "starting"]
        )
        let refused = try await api.get(.replicaSets, "refused", namespace: command.namespace)
        #expect(refused.annotations["store-platform/retried"] == "3")
        #expect(try await api.get(.replicaSets, "whole", namespace: command.namespace).annotations.isEmpty)
    }
}
