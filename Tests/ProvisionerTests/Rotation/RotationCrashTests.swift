import KubernetesClient
import StoreContracts
import StoreDomain
import Synchronization
import Testing

@testable import Provisioner

/// The kill table of a rotation: its worker dies at each place in turn, another one goes on. At the moment of death, and
/// after it, a password that holds is known, and the shop gets into its database.
@Suite(.timeLimit(.minutes(1))) struct RotationCrashTests {
    private static func places(_ names: [String]) -> [String] {
        names.flatMap { ["provisioner.rotate.\($0).before", "provisioner.rotate.\($0).after"] }
    }

    @Test(arguments: places(RotationStep.allCases.map(\.rawValue) + ["report"]))
    func `a rotation survives its worker`(place: String) async throws {
        let scene = try await RotationScene()
        let victim = try scene.startProvisioner(dying: place)
        try await scene.rotate(database: true)
        _ = await victim.result

        #expect(try await scene.knownAdminPasswords().contains(scene.shop.admin))
        #expect(try await scene.shop.sells())

        let successor = try scene.startProvisioner()
        defer { successor.cancel() }
        let facts = try await scene.factsUntilEnd()
        #expect(facts.dropFirst().map(\.rotationStep) == RotationStep.allCases)
        #expect(try scene.password(in: facts.last) == scene.shop.admin)
        #expect(scene.shop.users.count == 1)
        #expect(try await scene.shop.sells())
        try await scene.expectTidy()
        #expect(Set(scene.shop.acts).count == scene.shop.acts.count, "no act is done twice")
    }

    @Test(arguments: places(["undo", "report"])) func `going back survives its worker`(place: String) async throws {
        let scene = try await RotationScene()
        scene.shop.state.withLock { $0.knowsFirstUserOnly = true }
        let victim = try scene.startProvisioner(dying: place)
        try await scene.rotate(database: true)
        _ = await victim.result

        #expect(try await scene.knownAdminPasswords().contains(scene.shop.admin))

        let successor = try scene.startProvisioner()
        defer { successor.cancel() }
        let end = try await scene.factsUntilEnd().last
        #expect(end?.rotationFailure?.code == .shopUnreachable)
        try await scene.expectTidy()
        try await scene.expectFormer()
    }
}

extension RotationScene {
    /// Everything holds that held before.
    func expectFormer() async throws {
        #expect(shop.admin == shop.first)
        #expect(Set(shop.users.keys) == ["wordpress"])
        #expect(try await shop.sells())
        #expect(await shop.signIn(try Fixtures.command(id: id), user: "admin", password: shop.first) == .signedIn)
    }
}
