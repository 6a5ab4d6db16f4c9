import Foundation
import KubernetesClient
import MessageBus
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

/// A store that was made, and its passwords about to be changed.
final class RotationScene: Sendable {
    let bench: Workbench
    let shop: RotatingShop
    let id: StoreID
    let operation: OperationID
    private let tasks: [Task<Void, any Error>]

    /// `runsJobs`: whether Jobs do anything.
    init(runsJobs: Bool = true) async throws {
        bench = try Workbench()
        let command = try Fixtures.command()
        id = command.storeID
        operation = try #require(OperationID(ULID.generate().string))
        let guarding = try await bench.startGuard()
        let maker = try bench.startProvisioner()
        try await bench.send(command)
        try await bench.facts(of: id, until: .provisioned)
        maker.cancel()
        _ = await maker.result
        shop = try await RotatingShop(bench.api, namespace: command.namespace)
        tasks = [guarding] + (runsJobs ? [shop.start()] : [])
    }

    deinit { for task in tasks { task.cancel() } }

    func startProvisioner(dying failpoint: String? = nil) throws -> Task<Void, any Error> {
        try bench.startProvisioner(probe: shop, prover: shop, door: shop, dying: failpoint)
    }

    func rotate(database: Bool, generation: Int = 2) async throws {
        let own = generation == 2 ? operation : OperationID(ULID.generate().string)
        let rotation = ProvisionCommand.Rotation(operationID: try #require(own), database: database)
        try await bench.send(try Fixtures.command(.rotate, generation: generation, id: id, rotation: rotation))
    }

    /// The facts of the rotation, its end included. The time limit of the suite is the deadline.
    @discardableResult
    func factsUntilEnd(generation: Int = 2) async throws -> [StoreFact] {
        while true {
            let facts = try await bench.facts(of: id).filter { $0.generation == generation && $0.kind.isAboutRotation }
            if facts.contains(where: { $0.kind != .rotationProgressed }) { return facts }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func password(in fact: StoreFact?) throws -> String {
        let sealed = try #require(fact?.adminAccess?.sealedPassword)
        return try bench.keys.openText(sealed, associatedData: id.description)
    }

    /// Every password that the store's Secrets hold for the admin now.
    func knownAdminPasswords() async throws -> Set<String> {
        let secrets = try await bench.api.listAll(.secrets, namespace: shop.namespace).items
        return Set(secrets.compactMap { SecretData($0)["admin-password"] })
    }

    /// Nothing of the rotation is left but what it changed.
    func expectTidy() async throws {
        while try await !leftovers().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        while try await bench.bus.stream("PROVISION").messages > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func leftovers() async throws -> [String] {
        let secrets = try await bench.api.listAll(.secrets, namespace: shop.namespace).items.map(\.name)
        let jobs = try await bench.api.listAll(.jobs, namespace: shop.namespace).items.map(\.name)
        return (secrets + jobs).filter { $0.hasPrefix("store-rotation") }
    }
}
