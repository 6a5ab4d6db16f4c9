import KubernetesClient
import MessageBus
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

/// The kill table in one process: a worker dies at each of its places in turn, another one goes on. (Tests/KillTests do the
/// same to real processes on a real cluster.)
@Suite(.timeLimit(.minutes(1))) struct KilledWorkerTests {
    private static func places(_ names: [String]) -> [String] {
        names.flatMap { ["provisioner.\($0).before", "provisioner.\($0).after"] }
    }

    private static let steps = places(
        ProvisioningStep.allCases.flatMap { [$0.rawValue, "\($0.rawValue).report"] }
    )

    @Test(arguments: steps) func `a creation survives its worker`(place: String) async throws {
        let bench = try Workbench()
        let command = try Fixtures.command()
        let guarding = try await bench.startGuard()
        defer { guarding.cancel() }
        let victim = try bench.startProvisioner(dying: place)
        try await bench.send(command)
        _ = await victim.result
        let uid = try await bench.api.getIfPresent(.secrets, "store-secrets", namespace: command.namespace)?.uid
        let successor = try bench.startProvisioner()
        defer { successor.cancel() }
        let facts = try await bench.facts(of: command.storeID, until: .provisioned)
        let kinds: [StoreFact.Kind] = [
            .provisioningStarted, .secretsReady, .releaseInstalled, .storeConfigured, .workloadsReady,
            .storefrontReachable, .provisioned,
        ]
        #expect(facts.map(\.kind) == kinds)
        let secrets = try await bench.api.listAll(.secrets, namespace: command.namespace).items
        #expect(secrets.filter { $0.name == "store-secrets" }.count == 1)
        #expect(secrets.filter { $0.labels["owner"] == "helm" }.count == 1)
        #expect(bench.helm.upgrades == 1)
        if let uid { #expect(secrets.contains { $0.uid == uid }) }
        try await eventuallySettled(bench)
    }

    @Test(arguments: places(["delete.inventory", "delete.uninstall", "delete.release"]))
    func `a deletion survives its worker`(place: String) async throws {
        let bench = try Workbench()
        let command = try Fixtures.command()
        let guarding = try await bench.startGuard()
        defer { guarding.cancel() }
        let first = try bench.startProvisioner()
        try await bench.send(command)
        try await bench.facts(of: command.storeID, until: .provisioned)
        first.cancel()
        let victim = try bench.startProvisioner(dying: place)
        try await bench.send(try Fixtures.command(.delete, generation: 2, id: command.storeID))
        _ = await victim.result
        let successor = try bench.startProvisioner()
        defer { successor.cancel() }
        let facts = try await bench.facts(of: command.storeID, until: .releaseUninstalled, generation: 2)
        #expect(facts.filter { $0.generation == 2 }.map(\.kind) == [.deletionStarted, .releaseUninstalled])
        while try await bench.api.getIfPresent(.namespaces, command.namespace) != nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        try await eventuallySettled(bench)
    }

    /// The time limit of the suite is the deadline.
    private func eventuallySettled(_ bench: Workbench) async throws {
        while try await bench.bus.stream("PROVISION").messages > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }
}
