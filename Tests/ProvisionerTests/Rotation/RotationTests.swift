import Foundation
import KubernetesClient
import MessageBus
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

/// Rotations from the command to the last fact, on a Kubernetes in memory with a shop that does what Jobs do.
@Suite(.timeLimit(.minutes(1))) struct RotationTests {
    @Test(arguments: [false, true]) func `a store gets other passwords, step by step`(database: Bool) async throws {
        let scene = try await RotationScene()
        let made = try await scene.bench.api.get(.secrets, "store-secrets", namespace: scene.shop.namespace)
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }

        try await scene.rotate(database: database)
        let facts = try await scene.factsUntilEnd()

        #expect(facts.first?.rotationStep == nil)
        #expect(facts.dropFirst().map(\.rotationStep) == RotationStep.steps(database: database))
        #expect(facts.last?.kind == .credentialsRotated)
        let password = try scene.password(in: facts.last)
        #expect(password == scene.shop.admin)
        #expect(password != scene.shop.first)
        #expect(scene.shop.users.keys.contains("wordpress") == !database)
        #expect(scene.shop.users.count == 1)
        #expect(try await scene.shop.sells())
        try await scene.expectTidy()
        let after = try await scene.bench.api.get(.secrets, "store-secrets", namespace: scene.shop.namespace)
        #expect(after.json == made.json, "what the store was made with is left alone")
    }

    @Test func `another rotation goes on from the one before`() async throws {
        let scene = try await RotationScene()
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }
        try await scene.rotate(database: true)
        try await scene.factsUntilEnd()
        let (admin, users) = (scene.shop.admin, scene.shop.users)

        try await scene.rotate(database: true, generation: 3)
        try await scene.factsUntilEnd(generation: 3)

        #expect(scene.shop.admin != admin)
        #expect(scene.shop.users.count == 1)
        #expect(Set(scene.shop.users.keys).isDisjoint(with: users.keys))
        #expect(try await scene.shop.sells())
    }

    @Test func `what looks at the store afterwards tells the new password, and makes nothing anew`() async throws {
        let scene = try await RotationScene()
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }
        try await scene.rotate(database: true)
        try await scene.factsUntilEnd()
        let rotated = try await scene.bench.api.get(.secrets, "store-rotated", namespace: scene.shop.namespace)

        try await scene.bench.send(try Fixtures.command(generation: 3, id: scene.id))
        let facts = try await scene.bench.facts(of: scene.id, until: .provisioned, generation: 3)

        #expect(try scene.password(in: facts.last) == scene.shop.admin)
        let after = try await scene.bench.api.get(.secrets, "store-rotated", namespace: scene.shop.namespace)
        #expect(after.json == rotated.json)
    }

    @Test func `a deletion pre-empts a rotation`() async throws {
        let scene = try await RotationScene(runsJobs: false)
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }
        try await scene.rotate(database: true)
        let job = RotationJobs.name(.changeAdminPassword, scene.operation)
        while try await scene.bench.api.getIfPresent(.jobs, job, namespace: scene.shop.namespace) == nil {
            try await Task.sleep(for: .milliseconds(5))
        }

        try await scene.bench.send(try Fixtures.command(.delete, generation: 3, id: scene.id))

        while try await scene.bench.api.getIfPresent(.namespaces, scene.shop.namespace) != nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        let kinds = try await scene.bench.facts(of: scene.id).map(\.kind)
        #expect(!kinds.contains(.credentialsRotated) && !kinds.contains(.rotationFailed))
    }

    @Test func `a store whose release knows no rotation gets a new one first`() async throws {
        let scene = try await RotationScene()
        try await scene.bench.api.delete(.podTemplates, "store-rotation", namespace: scene.shop.namespace)
        let upgrades = scene.bench.helm.upgrades
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }

        try await scene.rotate(database: false)

        #expect(try await scene.factsUntilEnd().last?.kind == .credentialsRotated)
        #expect(scene.bench.helm.upgrades == upgrades + 1)
    }

    @Test func `a store whose namespace is gone keeps what is known of it`() async throws {
        let scene = try await RotationScene()
        try await scene.bench.api.delete(.namespaces, scene.shop.namespace)
        let provisioner = try scene.startProvisioner()
        defer { provisioner.cancel() }

        try await scene.rotate(database: false)

        let end = try await scene.factsUntilEnd().last
        #expect(end?.rotationFailure?.code == .releaseNotReady)
        #expect(end?.adminAccess == nil)
    }
}
