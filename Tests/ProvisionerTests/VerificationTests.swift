import Helm
import KubernetesClient
import MessageBus
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

/// Stores that are looked after, on a bus and a cluster in memory.
@Suite(.timeLimit(.minutes(1))) struct VerificationTests {
    private let bench: Workbench
    private let command: ProvisionCommand
    private let shop = ChangingShop()

    init() throws {
        bench = try Workbench()
        command = try Fixtures.command()
    }

    /// Once nobody works on the store any more: else there is nothing to verify.
    private func verify(_ status: StoreStatus, withOrder: Bool = false) async throws {
        try await settled()
        try await ask(status, withOrder: withOrder)
    }

    private func settled() async throws {
        while try await bench.bus.stream("PROVISION").messages > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func ask(_ status: StoreStatus, withOrder: Bool = false) async throws {
        let verification = ProvisionCommand.Verification(status: status, withOrder: withOrder)
        try await bench.send(try Fixtures.command(.verify, id: command.storeID, verification: verification))
    }

    /// With a store that was made, and everything running.
    private func withStore(_ body: () async throws -> Void) async throws {
        let tasks = [
            try await bench.startGuard(), try bench.startProvisioner(probe: shop, prover: shop),
        ]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .provisioned)
        try await body()
    }

    /// The facts told after the store was READY, until nothing is to be done any more.
    private func news() async throws -> [StoreFact] {
        try await settled()
        let facts = try await bench.facts(of: command.storeID)
        let ready = try #require(facts.firstIndex { $0.kind == .provisioned })
        return Array(facts[(ready + 1)...])
    }

    @Test func `a store that is as it must be is left alone, and nothing is told`() async throws {
        try await withStore {
            try await verify(.ready)
            #expect(try await news().isEmpty)
            #expect(bench.helm.upgrades == 1)
            #expect(shop.proofs == 1)
        }
    }

    @Test func `the canary orders, and tells each time that the store sells`() async throws {
        try await withStore {
            try await verify(.ready, withOrder: true)
            try await verify(.ready, withOrder: true)
            let facts = try await news()
            #expect(facts.map(\.kind) == [.provisioned, .provisioned])
            #expect(facts.allSatisfy { $0.adminAccess == nil && $0.legs?.isEmpty == false })
            #expect(shop.proofs == 3)
        }
    }

    @Test func `a merchant who sells nothing now is no fault`() async throws {
        try await withStore {
            shop.set(.shop, .inconclusive(.nothingToSell))
            try await verify(.ready, withOrder: true)
            #expect(try await news().isEmpty)
        }
    }

    @Test(arguments: ["deployments", "ingresses", "release"])
    func `what vanished is told, made again, and proven by an order`(what: String) async throws {
        try await withStore {
            switch what {
            case "deployments":
                try await bench.api.delete(.deployments, "store-wordpress", namespace: command.namespace)
            case "ingresses": try await bench.api.delete(.ingresses, "store-wordpress", namespace: command.namespace)
            default:
                try await bench.api.delete(.secrets, "sh.helm.release.v1.store.v1", namespace: command.namespace)
            }
            try await verify(.ready)
            let facts = try await news()
            #expect(facts.map(\.kind) == [.degraded, .provisioned])
            let expected = [
                "deployments": "WorkloadMissing", "ingresses": "IngressMissing", "release": "ReleaseMissing",
            ]
            #expect(facts.first?.degradation?.reason == expected[what])
            #expect(bench.helm.upgrades == 2)
            #expect(bench.helm.uninstalls == 0)
            #expect(shop.proofs == 2)

            try await verify(.ready)
            #expect(try await news().count == 2)
        }
    }

    @Test func `a namespace that is gone is told of and not made again`() async throws {
        try await withStore {
            try await bench.api.delete(.namespaces, command.namespace)
            try await verify(.ready)
            let facts = try await news()
            #expect(facts.map(\.kind) == [.degraded])
            #expect(facts.first?.degradation?.reason == "NamespaceMissing")
            #expect(try await bench.api.getIfPresent(.namespaces, command.namespace) == nil)
        }
    }

    @Test func `passwords that are gone are not made anew over a database that knows the old ones`() async throws {
        try await withStore {
            let claim = KubernetesObject(.persistentVolumeClaims, name: "store-mysql", namespace: command.namespace)
            _ = try await bench.api.create(claim, as: .persistentVolumeClaims)
            try await bench.api.delete(.secrets, "store-secrets", namespace: command.namespace)
            try await verify(.ready)
            #expect(try await news().map(\.degradation?.reason) == ["SecretMissing"])
            let secret = try await bench.api.getIfPresent(.secrets, "store-secrets", namespace: command.namespace)
            #expect(secret == nil)

            try await bench.api.delete(.persistentVolumeClaims, "store-mysql", namespace: command.namespace)
            try await verify(.ready)
            let facts = try await news()
            #expect(facts.last?.kind == .provisioned)
            #expect(facts.last?.adminAccess != nil)
        }
    }

    @Test func `a deleted store is not made again by a verification`() async throws {
        try await withStore {
            try await bench.send(try Fixtures.command(.delete, generation: 2, id: command.storeID))
            try await bench.facts(of: command.storeID, until: .releaseUninstalled, generation: 2)
            while try await bench.api.getIfPresent(.namespaces, command.namespace) != nil {
                try await Task.sleep(for: .milliseconds(5))
            }
            let other = try bench.startProvisioner()
            defer { other.cancel() }
            try await verify(.ready)
            #expect(try await news().filter { $0.generation == 1 }.isEmpty)
            #expect(try await bench.api.getIfPresent(.namespaces, command.namespace) == nil)
        }
    }

    @Test func `a failed store whose cause is gone becomes ready by itself`() async throws {
        bench.helm.failSetups(4)
        let tasks = [try await bench.startGuard(), try bench.startProvisioner(probe: shop, prover: shop)]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .provisioningFailed)
        try await verify(.failed)
        let facts = try await bench.facts(of: command.storeID, until: .provisioned)
        #expect(facts.last?.adminAccess != nil)
        #expect(facts.filter { $0.kind == .degraded }.isEmpty)
        #expect(bench.helm.upgrades == 5)
    }

    @Test func `a failed store that still fails is not told of again, nor forced`() async throws {
        bench.helm.failSetups(100)
        let tasks = [try await bench.startGuard(), try bench.startProvisioner(probe: shop, prover: shop)]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .provisioningFailed)
        let before = bench.helm.upgrades
        try await verify(.failed)
        try await settled()
        let facts = try await bench.facts(of: command.storeID)
        #expect(facts.last?.kind == .provisioningFailed)
        #expect(bench.helm.upgrades == before + 1)
    }

    @Test func `a verification of a store that is being worked on is settled without a word`() async throws {
        bench.helm.setMakesReady(false)
        let tasks = [try await bench.startGuard(), try bench.startProvisioner()]
        defer { for task in tasks { task.cancel() } }
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .releaseInstalled)
        try await ask(.failed)
        while try await bench.bus.stream("PROVISION").messages > 1 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await bench.facts(of: command.storeID).last?.kind == .releaseInstalled)
    }
}
