import Foundation
import Helm
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

@Suite(.timeLimit(.minutes(1))) struct RetryTests {
    @Test func `a set-up that failed is tried again by a revision of its own, and told of`() async throws {
        let bench = try Workbench()
        bench.helm.failSetups(2)
        try await bench.withStore { command, facts in
            let retries = facts.filter { $0.kind == .progressed }
            #expect(retries.map { $0.metadata["attempt"] } == [.integer(1), .integer(2)])
            #expect(retries.first?.metadata["code"] == .string("SETUP_JOB_FAILED"))
            #expect(!facts.contains { $0.kind == .provisioningFailed })
            #expect(bench.helm.upgrades == 3)
            let third = try await bench.api.getIfPresent(.jobs, "store-setup-3", namespace: command.namespace)
            #expect(third != nil)
        }
    }

    @Test func `after three retries the store has failed, and a person's retry goes on`() async throws {
        let bench = try Workbench()
        bench.helm.failSetups(4)
        try await bench.withStore(until: .provisioningFailed) { command, facts in
            #expect(facts.last?.failure?.code == .setupJobFailed)
            #expect(facts.filter { $0.kind == .progressed }.count == 3)
            try await bench.send(try Fixtures.command(generation: 2, id: command.storeID))
            try await bench.facts(of: command.storeID, until: .provisioned, generation: 2)
            #expect(bench.helm.upgrades == 5)
        }
    }

    @Test func `what helm refuses is tried again as often as anything else, not more`() async throws {
        let bench = try Workbench()
        bench.helm.fail(with: Array(repeating: HelmError(code: .failed, message: "Error: x"), count: 10))
        try await bench.withStore(until: .provisioningFailed) { _, facts in
            #expect(facts.last?.failure?.code == .helmFailed)
            #expect(bench.helm.upgrades == 4)
        }
    }

    @Test func `a store that runs is left alone by a newer generation`() async throws {
        let bench = try Workbench()
        try await bench.withStore { command, _ in
            try await bench.send(try Fixtures.command(generation: 2, id: command.storeID))
            try await bench.facts(of: command.storeID, until: .provisioned, generation: 2)
            #expect(bench.helm.upgrades == 1)
        }
    }

    @Test func `what Kubernetes puts off is woken, what runs is not touched`() async throws {
        let api = MemoryKubernetesAPI()
        let command = try Fixtures.command(generation: 3)
        _ = try await api.create(KubernetesObject(.namespaces, name: command.namespace), as: .namespaces)
        func pod(_ name: String, _ state: JSONValue, owner: String = "ReplicaSet") async throws {
            let status: JSONValue = ["phase": "Pending", "containerStatuses": [["name": "c", "state": state]]]
            let pod = KubernetesObject(.pods, name: name, namespace: command.namespace, content: ["status": status])
            let owner: JSONValue = ["metadata": ["ownerReferences": [["kind": .string(owner), "name": "o"]]]]
            _ = try await api.create(KubernetesObject(pod.json.merging(owner)), as: .pods)
        }
        try await pod("stuck", ["waiting": ["reason": "ImagePullBackOff"]])
        // A Job would count it as a failure.
        try await pod("setup", ["waiting": ["reason": "ImagePullBackOff"]], owner: "Job")
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
        try await StuckWorkloads(api: api).wake(command, now: Fixtures.now)
        #expect(
            try await api.listAll(.pods, namespace: command.namespace).items.map(\.name) == [
                "running", "setup", "starting",
            ]
        )
        let refused = try await api.get(.replicaSets, "refused", namespace: command.namespace)
        #expect(refused.annotations["store-platform/retried"] == RFC3339.format(Fixtures.now))
        #expect(try await api.get(.replicaSets, "whole", namespace: command.namespace).annotations.isEmpty)
    }
}
