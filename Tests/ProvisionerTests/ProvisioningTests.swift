import Foundation
import Helm
import KubernetesClient
import MessageBus
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

@Suite(.timeLimit(.minutes(1))) struct ProvisioningTests {
    private let steps: [StoreFact.Kind] = [
        .provisioningStarted, .secretsReady, .releaseInstalled, .storeConfigured, .workloadsReady, .storefrontReachable,
        .provisioned,
    ]

    @Test func `a command becomes a store, step by step`() async throws {
        let bench = try Workbench()
        let command = try Fixtures.command()
        let tasks = [try await bench.startGuard(), try bench.startProvisioner()]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        let facts = try await bench.facts(of: command.storeID, until: .provisioned)
        #expect(facts.map(\.kind) == steps)
        #expect(bench.helm.upgrades == 1)

        let secret = try await bench.api.get(.secrets, "store-secrets", namespace: command.namespace)
        #expect(secret["immutable"]?.boolValue == true)
        #expect(secret.labels["store-platform/store-id"] == command.storeID.description)
        #expect(secret["data"]?.objectValue?.count == 12)
        let access = try #require(facts.last?.adminAccess)
        let password = try bench.keys.openText(access.sealedPassword, associatedData: command.storeID.description)
        let kept = try #require(secret["data"]?["admin-password"]?.stringValue.flatMap { Data(base64Encoded: $0) })
        #expect(Data(password.utf8) == kept)
        #expect(password.utf8.count == 32)
        #expect(throws: (any Error).self) {
            try bench.keys.openText(access.sealedPassword, associatedData: "another store")
        }
    }

    @Test func `an order that fails at first is tried again, and the proof's legs are told`() async throws {
        let bench = try Workbench()
        let command = try Fixtures.command()
        let proofs = [OrderProof.broken(leg: .checkout, message: "HTTP 500, no JSON"), Fixtures.sells]
        let tasks = [try await bench.startGuard(), try bench.startProvisioner(prover: ScriptedProver(proofs))]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        let facts = try await bench.facts(of: command.storeID, until: .provisioned)
        #expect(facts.map(\.kind) == steps)
        #expect(facts.last?.legs == Fixtures.sells.legs)
        #expect(facts.last?.legs?.isEmpty == false)
    }

    @Test func `failure mode 3: an install that died half way is taken over`() async throws {
        let bench = try Workbench()
        bench.helm.dieHalfWay()
        let command = try Fixtures.command()
        let tasks = [try await bench.startGuard(), try bench.startProvisioner()]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .provisioned)
        let releases = try await bench.api.listAll(
            .secrets,
            namespace: command.namespace,
            labelSelector: "owner=helm,status=deployed"
        )
        #expect(releases.items.count == 1)
        #expect(bench.helm.uninstalls == 0)
    }

    @Test func `a deletion pre-empts the creation under way`() async throws {
        let bench = try Workbench()
        bench.helm.setMakesReady(false)
        let command = try Fixtures.command()
        // Two processes: the one with the creation hears of the deletion by the bus.
        let tasks = [
            try await bench.startGuard(), try bench.startProvisioner(concurrency: 1),
            try bench.startProvisioner(concurrency: 1),
        ]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .releaseInstalled)
        let began = ContinuousClock.now
        try await bench.send(try Fixtures.command(.delete, generation: 2, id: command.storeID))
        let facts = try await bench.facts(of: command.storeID, until: .releaseUninstalled, generation: 2)
        #expect(ContinuousClock.now - began < .seconds(2))
        #expect(facts.suffix(2).map(\.kind) == [.deletionStarted, .releaseUninstalled])
        #expect(bench.helm.uninstalls == 1)
        while try await bench.api.getIfPresent(.namespaces, command.namespace) != nil { await Task.yield() }
    }

    @Test func `a creation delivered after the deletion makes nothing`() async throws {
        let bench = try Workbench()
        let command = try Fixtures.command()
        let guarding = try await bench.startGuard()
        defer { guarding.cancel() }
        let first = try bench.startProvisioner()
        try await bench.send(try Fixtures.command(.delete, generation: 2, id: command.storeID))
        try await bench.facts(of: command.storeID, until: .releaseUninstalled, generation: 2)
        first.cancel()
        // Another process, which has not heard of the deletion.
        let second = try bench.startProvisioner()
        defer { second.cancel() }
        try await bench.send(command)
        let other = try Fixtures.command(name: "other")
        try await bench.send(other)
        try await bench.facts(of: other.storeID, until: .provisioned)
        #expect(try await bench.api.getIfPresent(.namespaces, command.namespace) == nil)
    }

    @Test func `a cluster that is away is waited for`() async throws {
        let bench = try Workbench()
        bench.api.setOutage(KubernetesError(code: .unreachable, message: "Kubernetes cannot be reached"))
        let command = try Fixtures.command()
        let tasks = [try bench.startProvisioner()]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        let facts = try await bench.facts(of: command.storeID, until: .progressed)
        #expect(facts.last?.message == "Waiting for the cluster: Kubernetes cannot be reached.")
        bench.api.setOutage(nil)
        let guarding = try await bench.startGuard()
        defer { guarding.cancel() }
        try await bench.facts(of: command.storeID, until: .provisioned)
    }

    @Test
    func
        `failure mode 6: a chart that cannot be rendered fails the store, and a retry continues with the same secrets`()
        async throws
    {
        let bench = try Workbench()
        bench.helm.fail(with: [HelmError(code: .chartInvalid, message: "Error: values don't meet the schema")])
        let command = try Fixtures.command()
        let tasks = [try await bench.startGuard(), try bench.startProvisioner()]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        let facts = try await bench.facts(of: command.storeID, until: .provisioningFailed)
        #expect(facts.last?.failure?.code == .helmFailed)
        #expect(facts.last?.failure?.step == .installRelease)
        let uid = try await bench.api.get(.secrets, "store-secrets", namespace: command.namespace).uid

        try await bench.send(try Fixtures.command(generation: 2, id: command.storeID))
        try await bench.facts(of: command.storeID, until: .provisioned, generation: 2)
        #expect(try await bench.api.get(.secrets, "store-secrets", namespace: command.namespace).uid == uid)
    }

    @Test func `two provisioners make five stores, each once`() async throws {
        let bench = try Workbench()
        let tasks = [
            try await bench.startGuard(), try bench.startProvisioner(concurrency: 2),
            try bench.startProvisioner(concurrency: 2),
        ]
        defer { for task in tasks { task.cancel() } }
        let commands = try (1...5).map { try Fixtures.command(name: "shop-\($0)") }
        for command in commands { try await bench.send(command) }
        for command in commands {
            let facts = try await bench.facts(of: command.storeID, until: .provisioned)
            #expect(facts.map(\.kind) == steps)
        }
        #expect(bench.helm.upgrades == 5)
    }

    @Test func `a message that is no command is a dead letter`() async throws {
        let bench = try Workbench()
        let task = try bench.startProvisioner()
        defer { task.cancel() }
        try await bench.bus.ensureStream(Streams.provision)
        let subject = Subject(trusted: "provision.local.create")
        _ = try await bench.bus.append(BusMessage(subject: subject, body: Array("{}".utf8)), to: "PROVISION")
        while bench.bus.deadLetters(of: "PROVISION").isEmpty { await Task.yield() }
    }
}
