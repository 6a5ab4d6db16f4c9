import KubernetesClient
import StoreContracts
import StoreDomain
import Synchronization
import Testing

@testable import Provisioner

/// A rotation that does not succeed leaves the store with what it had, and says why.
@Suite(.timeLimit(.minutes(1))) struct RotationFailureTests {
    @Test(
        arguments: zip(
            [RotationJobs.Act.changeAdminPassword, .createDatabaseUser, .lockFormerDatabaseUser],
            [RotationStep.changeAdminPassword, .changeDatabasePassword, .verifyShop]
        )
    )
    func `a Job that fails is undone`(act: RotationJobs.Act, step: RotationStep) async throws {
        let scene = try await RotationScene()
        scene.shop.state.withLock { $0.failing = [act] }
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }

        try await scene.rotate(database: true)
        let end = try await scene.factsUntilEnd().last

        #expect(end?.rotationFailure?.step == step)
        #expect(end?.rotationFailure?.message.contains("it failed") == true)
        #expect(end?.rotationFailure?.message.contains("The former password signs in.") == true)
        #expect(try scene.password(in: end) == scene.shop.first)
        try await scene.expectTidy()
        try await scene.expectFormer()
    }

    @Test func `a password that does not sign in is undone`() async throws {
        let scene = try await RotationScene()
        scene.shop.state.withLock { $0.hidesSignIn = true }
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }

        try await scene.rotate(database: true)
        let end = try await scene.factsUntilEnd().last

        #expect(end?.rotationFailure?.code == .signInFailed)
        #expect(!scene.shop.acts.contains(RotationJobs.Act.createDatabaseUser.rawValue))
        try await scene.expectTidy()
        try await scene.expectFormer()
    }

    @Test func `a shop that does not sell with the new user gets the former one back`() async throws {
        let scene = try await RotationScene()
        scene.shop.state.withLock { $0.knowsFirstUserOnly = true }
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }

        try await scene.rotate(database: true)
        let end = try await scene.factsUntilEnd().last

        #expect(end?.rotationFailure?.code == .shopUnreachable)
        try await scene.expectTidy()
        try await scene.expectFormer()
    }

    @Test func `where the way back fails, the password that signs in is kept`() async throws {
        let scene = try await RotationScene()
        scene.shop.state.withLock { $0.failing = [.createDatabaseUser, .restoreAdminPassword] }
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }

        try await scene.rotate(database: true)
        let end = try await scene.factsUntilEnd().last

        #expect(end?.kind == .rotationFailed)
        #expect(end?.rotationFailure?.message.contains("is kept") == true)
        #expect(try scene.password(in: end) == scene.shop.admin)
        #expect(scene.shop.admin != scene.shop.first)
        #expect(try await scene.shop.sells())
    }

    @Test func `an end that was told already is told again, not worked for again`() async throws {
        let scene = try await RotationScene()
        scene.shop.state.withLock { $0.failing = [.changeAdminPassword] }
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }
        try await scene.rotate(database: false)
        try await scene.factsUntilEnd()
        try await scene.expectTidy()
        scene.shop.state.withLock { $0.failing = [] }
        let acts = scene.shop.acts

        try await scene.rotate(database: false)
        try await scene.expectTidy()

        #expect(scene.shop.admin == scene.shop.first)
        #expect(scene.shop.acts == acts)
        #expect(try await scene.factsUntilEnd().filter { $0.kind != .rotationProgressed }.count == 1)
    }
}
